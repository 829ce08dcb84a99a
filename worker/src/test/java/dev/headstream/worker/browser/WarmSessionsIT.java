package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.loadgen.site.DemoSite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sessions that outlive their task: whom they serve, and above all whom they do not. */
final class WarmSessionsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LONG = Duration.ofHours(1);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> STORES = List.of(
            "cookie",
            "httpOnlyCookie",
            "localStorage",
            "sessionStorage",
            "indexedDB",
            "cacheStorage",
            "serviceWorker",
            "windowName");

    static DemoSite site;
    static LanePool pool;
    static final RecordedEvents events = new RecordedEvents();
    private static int keys;

    private String key = "";

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        site = DemoSite.start(DemoSite.Options.instant());
        pool = LanePool.start(BrowserConfig.defaults().withWorkDirectory(folder), 2, events);
    }

    @AfterAll
    static void stop() {
        pool.close();
        site.close();
    }

    @BeforeEach
    void another() {
        key = "key-" + ++keys;
        pool.limit(2);
    }

    @Test
    void run_givenTheSameKey_expectsTheSameContextWithANewPage() throws Exception {
        leave(key, 50, LONG);
        await().atMost(LIMIT).until(() -> pool.inUse() == 0);
        events.clear();

        JsonNode found = look(Optional.of(new Keep(key, 50, LONG, true)));

        assertThat(found.get("cookie").asText()).isEqualTo(key);
        assertThat(found.get("httpOnlyCookie").asText()).isEqualTo(key);
        assertThat(found.get("localStorage").asText()).isEqualTo(key);
        assertThat(found.get("indexedDB").asText()).isEqualTo(key);
        assertThat(found.get("sessionStorage").isNull()).as("belongs to a page").isTrue();
        assertThat(found.get("windowName").isNull()).as("belongs to a page").isTrue();
        assertThat(events.count("created")).isZero();
    }

    @Test
    void run_givenAnotherKeyOrNone_expectsNothingInAnyStore() throws Exception {
        leave(key, 50, LONG);
        Keep other = new Keep(key + "-other", 50, LONG, true);

        // more than there are lanes, so that some run where the context is kept
        for (Optional<Keep> stranger :
                List.of(Optional.of(other), Optional.<Keep>empty(), Optional.of(other), Optional.<Keep>empty())) {
            JsonNode found = look(stranger);

            for (String store : STORES) {
                assertThat(found.get(store).isNull())
                        .as(store + " for " + stranger + ": " + found)
                        .isTrue();
            }
        }
        assertThat(note(new Keep(key, 50, LONG, true))).contains("note");
    }

    @Test
    void run_givenStrangersAtTheSameTime_expectsNothingToCross() {
        List<String> mismatches = Flux.range(0, 12)
                .flatMap(
                        number -> {
                            String own = key + "-" + number % 3;
                            return pool.run(
                                    DEADLINE,
                                    ContextSpec.DEFAULT,
                                    Optional.of(new Keep(own, 50, LONG, true)),
                                    session -> {
                                        session.page().navigate(site.url() + "/search");
                                        String seen = String.valueOf(session.page()
                                                .evaluate(
                                                        "own => { const seen = localStorage.getItem('owner') + '';"
                                                                + " localStorage.setItem('owner', own); return seen; }",
                                                        own));
                                        session.keep(own, false);
                                        String expected = session.kept().orElse("null");
                                        return seen.equals(expected) && (expected.equals("null") || seen.equals(own))
                                                ? "same"
                                                : own + " saw " + seen + " with the note " + expected;
                                    });
                        },
                        2)
                .filter(word -> !word.equals("same"))
                .collectList()
                .block(LIMIT);

        assertThat(mismatches).isEmpty();
    }

    @Test
    void run_givenTheHolderIsBusy_expectsCookiesAndStorageOnAnotherLane() throws Exception {
        leave(key, 50, LONG);
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        CompletableFuture<Boolean> free = busy(first);
        CompletableFuture<Boolean> holder = busy(second);
        await().atMost(LIMIT).until(() -> first.getCount() == 1 && pool.inUse() == 2);
        first.countDown(); // the lane that keeps nothing was given the first task
        free.get(30, TimeUnit.SECONDS);

        JsonNode found = look(Optional.of(new Keep(key, 50, LONG, true)));

        assertThat(found.get("cookie").asText()).isEqualTo(key);
        assertThat(found.get("httpOnlyCookie").asText()).isEqualTo(key);
        assertThat(found.get("localStorage").asText()).isEqualTo(key);
        second.countDown();
        holder.get(30, TimeUnit.SECONDS);
        // the context that was left behind is not the session's any more
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(contextsOnEachLane()).allMatch(count -> count <= 2));
    }

    @Test
    void run_givenATaskThatDoesNotAskForIt_expectsTheSessionToEnd() {
        leave(key, 50, LONG);

        Mono<String> failing = pool.run(
                DEADLINE, ContextSpec.DEFAULT, Optional.of(new Keep(key, 50, LONG, true)), session -> "failed");
        assertThat(failing.block(LIMIT)).isEqualTo("failed");

        assertThat(note(new Keep(key, 50, LONG, true))).isEmpty();
    }

    @Test
    void run_givenATaskThatIsCancelled_expectsTheSessionToEndAndTheLaneToBeFree() throws Exception {
        leave(key, 50, LONG);
        CountDownLatch begun = new CountDownLatch(1);
        var task = pool.run(DEADLINE, ContextSpec.DEFAULT, Optional.of(new Keep(key, 50, LONG, true)), session -> {
                    begun.countDown();
                    return session.page().evaluate("() => new Promise(() => {})");
                })
                .subscribe();
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

        task.dispose();

        await().atMost(LIMIT).until(() -> pool.inUse() == 0);
        assertThat(note(new Keep(key, 50, LONG, true))).isEmpty();
    }

    @Test
    void run_givenAllItsUses_expectsANewSession() {
        leave(key, 2, LONG);
        Keep twice = new Keep(key, 2, LONG, true);

        Optional<String> second = pool.run(DEADLINE, ContextSpec.DEFAULT, Optional.of(twice), session -> {
                    session.keep("note", false);
                    return session.kept();
                })
                .block(LIMIT);

        assertThat(second).contains("note");
        assertThat(note(twice)).isEmpty();
    }

    @Test
    void run_givenItsLastUse_expectsNothingKept() {
        leave(key, 2, LONG);
        await().atMost(LIMIT).until(() -> pool.inUse() == 0);
        int before = pool.kept();

        leave(key, 2, LONG);

        assertThat(pool.kept()).isEqualTo(before - 1);
    }

    @Test
    void run_givenAContextThatWasNotReused_expectsItNotCountedAsKept() {
        leave(key, 50, LONG);
        await().atMost(LIMIT).until(() -> pool.inUse() == 0);
        int before = pool.kept();

        note(new Keep(key, 50, LONG, false));

        assertThat(pool.kept()).isEqualTo(before - 1);
    }

    @Test
    void run_givenItsTimeIsOver_expectsItClosedWithoutAnyTask() {
        int before = pool.kept();
        leave(key, 50, Duration.ofMillis(600));

        await().atMost(LIMIT).until(() -> pool.kept() <= before);

        assertThat(note(new Keep(key, 50, Duration.ofMillis(600), true))).isEmpty();
    }

    @Test
    void run_givenATaskThatMustNotReuseIt_expectsANewContext() {
        leave(key, 50, LONG);

        assertThat(note(new Keep(key, 50, LONG, false))).isEmpty();
    }

    @Test
    void limit_givenFewerThanAreKept_expectsTheRestClosed() {
        leave(key, 50, LONG);
        leave(key + "-b", 50, LONG);

        pool.limit(1);

        await().atMost(LIMIT).until(() -> pool.kept() <= 1);
    }

    @Test
    void run_givenABrowserThatWasKilled_expectsTheSessionOnTheNextOne() throws Exception {
        leave(key, 50, LONG);
        Signal.send("KILL", pool.server().nodePid());

        JsonNode found = look(Optional.of(new Keep(key, 50, LONG, true)));

        assertThat(found.get("cookie").asText()).isEqualTo(key);
    }

    private static void leave(String key, int maxUses, Duration ttl) {
        Optional<Keep> keep = Optional.of(new Keep(key, maxUses, ttl, true));
        Mono<String> task = pool.run(DEADLINE, ContextSpec.DEFAULT, keep, session -> {
            session.page().navigate(site.url() + "/hostile/canary-set?value=" + key);
            session.page().waitForSelector("#done[data-state=done]");
            session.keep("note", false);
            return String.valueOf(session.page().textContent("#done"));
        });
        assertThat(task.block(LIMIT)).doesNotContain("failed");
    }

    private static JsonNode look(Optional<Keep> keep) throws Exception {
        String found = pool.run(DEADLINE, ContextSpec.DEFAULT, keep, session -> {
                    session.page().navigate(site.url() + "/hostile/canary-read");
                    session.page().waitForSelector("#found[data-state=done]");
                    session.keep("note", false);
                    return String.valueOf(session.page().textContent("#found"));
                })
                .block(LIMIT);
        return JSON.readTree(Objects.requireNonNull(found));
    }

    private static Optional<String> note(Keep keep) {
        return Objects.requireNonNull(pool.run(DEADLINE, ContextSpec.DEFAULT, Optional.of(keep), LaneSession::kept)
                .block(LIMIT));
    }

    private static CompletableFuture<Boolean> busy(CountDownLatch until) {
        return pool.run(DEADLINE, ContextSpec.DEFAULT, session -> until.await(15, TimeUnit.SECONDS))
                .toFuture();
    }

    private static List<Integer> contextsOnEachLane() {
        return Objects.requireNonNull(Flux.range(0, 2)
                .flatMap(
                        unused -> pool.run(DEADLINE, ContextSpec.DEFAULT, session -> session.context()
                                .browser()
                                .contexts()
                                .size()),
                        2)
                .collectList()
                .block(LIMIT));
    }
}
