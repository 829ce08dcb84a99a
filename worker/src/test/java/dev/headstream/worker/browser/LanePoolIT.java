package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Route;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What lanes are for, against a real browser. */
final class LanePoolIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    static TestSite site;
    static LanePool pool;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        site = new TestSite();
        pool = LanePool.start(BrowserConfig.defaults().withWorkDirectory(folder), 4, BrowserEvents.NONE);
    }

    @AfterAll
    static void stop() {
        pool.close();
        site.close();
    }

    @Test
    void run_givenFortyTasksOnFourLanes_expectsEachItsOwnPage() {
        List<Integer> numbers = IntStream.range(0, 40).boxed().toList();

        List<String> titles = Flux.fromIterable(numbers)
                .flatMapSequential(
                        number -> pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
                            session.page().navigate(site.url("/echo?n=" + number));
                            return session.page().title();
                        }),
                        4)
                .collectList()
                .block(LIMIT);

        assertThat(titles)
                .isEqualTo(numbers.stream().map(number -> "n=" + number).toList());
    }

    @Test
    void run_givenCookieAndStorageOfAnotherTask_expectsNoneOfIt() {
        Mono<String> leave = pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
            session.page().navigate(site.url("/"));
            session.page().evaluate("() => { document.cookie = 'who=me'; localStorage.setItem('who', 'me'); }");
            return look(session);
        });
        Mono<String> look = pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
            session.page().navigate(site.url("/"));
            return look(session);
        });

        // at the same time on other lanes, and afterwards on every lane
        assertThat(Flux.merge(leave, look, leave, look).collectList().block(LIMIT))
                .containsExactlyInAnyOrder("who=me/me", "/null", "who=me/me", "/null");
        assertThat(look.repeat(7).collectList().block(LIMIT)).hasSize(8).containsOnly("/null");
    }

    private static String look(LaneSession session) {
        return String.valueOf(session.page().evaluate("() => document.cookie + '/' + localStorage.getItem('who')"));
    }

    @Test
    void run_givenContextSpec_expectsPageToSeeIt() {
        ContextSpec spec = ContextSpec.DEFAULT.withLocale("de-CH").withViewport(640, 480);

        String seen = pool.run(
                        DEADLINE,
                        spec,
                        session -> String.valueOf(session.page()
                                .evaluate("() => navigator.language + ' ' + innerWidth + 'x' + innerHeight")))
                .block(LIMIT);

        assertThat(seen).isEqualTo("de-CH 640x480");
    }

    @Test
    void run_givenStorageStateOfAnEarlierTask_expectsToBeLoggedInAgain() {
        String state = Objects.requireNonNull(pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
                    session.page().navigate(site.url("/"));
                    session.page().evaluate("() => { document.cookie = 'who=me'; localStorage.setItem('who', 'me'); }");
                    return session.context().storageState();
                })
                .block(LIMIT));

        String seen = pool.run(DEADLINE, ContextSpec.DEFAULT.withStorageState(state), session -> {
                    session.page().navigate(site.url("/"));
                    return look(session);
                })
                .block(LIMIT);

        assertThat(seen).isEqualTo("who=me/me");
    }

    @Test
    void run_givenDownload_expectsItsBytes() {
        String bytes = pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
                    session.page().setContent("<a href='" + site.url("/file") + "'>report</a>");
                    Download download =
                            session.page().waitForDownload(() -> session.page().click("a"));
                    try (InputStream in = download.createReadStream()) {
                        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                    }
                })
                .block(LIMIT);

        assertThat(bytes).isEqualTo("a,b\n1,2\n");
    }

    @Test
    void run_givenScreenshotAndRouteByGlob_expectsBoth() {
        Integer size = pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
                    session.page()
                            .route(
                                    "**/made-up*",
                                    route -> route.fulfill(new Route.FulfillOptions()
                                            .setBody("<title>made up</title>")
                                            .setContentType("text/html")));
                    session.page().navigate(site.url("/made-up?x=1"));
                    assertThat(session.page().title()).isEqualTo("made up");
                    return session.page().screenshot().length;
                })
                .block(LIMIT);

        assertThat(size).isGreaterThan(100);
    }

    @Test
    void run_givenMoreWaitingThanLanes_expectsRejectionThatSaysSo() {
        CompletableFuture<Boolean> release = new CompletableFuture<>();
        Mono<Boolean> held = pool.run(DEADLINE, ContextSpec.DEFAULT, session -> release.get(15, TimeUnit.SECONDS));
        List<CompletableFuture<Boolean>> running =
                IntStream.range(0, 4).mapToObj(lane -> held.toFuture()).toList();
        await().atMost(LIMIT).until(() -> pool.inUse() == 4);
        List<CompletableFuture<Boolean>> waiting =
                IntStream.range(0, 4).mapToObj(lane -> held.toFuture()).toList();

        assertThatThrownBy(() -> held.block(LIMIT))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("4 tasks wait already for one of 4 lanes");

        release.complete(true);
        assertThat(running)
                .allSatisfy(task -> assertThat(task.get(60, TimeUnit.SECONDS)).isTrue());
        assertThat(waiting)
                .allSatisfy(task -> assertThat(task.get(60, TimeUnit.SECONDS)).isTrue());
    }

    @Test
    void limit_givenOne_expectsOneTaskAtATime() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        pool.limit(1);
        try {
            Long ended = Flux.range(0, 4)
                    .flatMap(
                            number -> pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
                                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                                session.page().navigate(site.url("/"));
                                running.decrementAndGet();
                                return number;
                            }),
                            4)
                    .count()
                    .block(LIMIT);
            assertThat(ended).isEqualTo(4);
        } finally {
            pool.limit(4);
        }

        assertThat(most).hasValue(1);
        assertThat(pool.limit()).isEqualTo(4);
    }

    @Test
    void snapshot_givenRunningTask_expectsItsLabel() {
        CompletableFuture<Boolean> release = new CompletableFuture<>();
        CompletableFuture<Boolean> task = pool.run(
                        DEADLINE,
                        ContextSpec.DEFAULT,
                        LaneTask.labelled("search/login", session -> release.get(15, TimeUnit.SECONDS)))
                .toFuture();

        await().atMost(LIMIT).untilAsserted(() -> assertThat(pool.snapshot())
                .filteredOn(lane -> lane.task().equals(Optional.of("search/login")))
                .extracting(LaneSnapshot::state)
                .containsExactly(LaneSnapshot.State.RUNNING));
        release.complete(true);
        assertThat(Mono.fromFuture(task).block(LIMIT)).isTrue();
    }
}
