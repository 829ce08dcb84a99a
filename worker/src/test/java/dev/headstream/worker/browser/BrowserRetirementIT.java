package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.headstream.worker.browser.BrowserEvents.Retirement;
import dev.headstream.worker.browser.BrowserFailureException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A browser that works is replaced by another, under load and whatever is killed meanwhile. */
final class BrowserRetirementIT {
    private static final int LANES = 3;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Timings TIMINGS = new Timings(
            Duration.ofSeconds(20),
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofSeconds(8),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(1),
            Duration.ofMillis(100));

    static final RecordedEvents events = new RecordedEvents();
    static Path work;
    static TestSite site;
    static LanePool pool;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        work = folder;
        site = new TestSite();
        pool = LanePool.start(BrowserConfig.defaults().withWorkDirectory(folder), LANES, events, TIMINGS);
    }

    @AfterAll
    static void stop() {
        pool.close();
        site.close();
    }

    @BeforeEach
    void everyLaneWorksAndIsFree() {
        assertThat(result(Flux.merge(title(), title(), title()).collectList())).hasSize(LANES);
        await().atMost(LONG).until(() -> pool.free() == LANES);
        events.clear();
    }

    @AfterEach
    void oneBrowserAndOneFolder() {
        await().atMost(LONG).untilAsserted(() -> {
            assertThat(pool.leavingServer()).isEmpty();
            assertThat(pool.free()).isEqualTo(LANES);
        });
        assertThat(work.resolve("0")).isDirectoryContaining("glob:**/b?");
        assertThat(work.resolve("0").toFile().list((folder, name) -> name.matches("b\\d+")))
                .hasSize(1);
    }

    private static Mono<String> title() {
        return pool.run(LONG, ContextSpec.DEFAULT, session -> {
            session.page().navigate(site.url("/"));
            return session.page().title();
        });
    }

    /** A task that goes on until it is told to end; the future completes when it has begun. */
    private static Mono<String> held(AtomicBoolean release, CompletableFuture<Boolean> begun) {
        return pool.run(LONG, ContextSpec.DEFAULT, session -> {
            session.page().navigate(site.url("/"));
            begun.complete(true);
            while (!release.get()) {
                session.page().waitForTimeout(20);
            }
            return session.page().title();
        });
    }

    private static <T> T result(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(Duration.ofSeconds(90)), "no value");
    }

    private static void awaitEvent(String event) {
        await().atMost(LONG).untilAsserted(() -> assertThat(events.all()).contains(event));
    }

    @Test
    void retire_givenConstantLoad_expectsEveryTaskServedAndTheFirstBrowserGone() {
        Random waits = new Random(42);
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<List<String>> load = Flux.<Integer>generate(sink -> {
                    if (enough.get()) {
                        sink.complete();
                    } else {
                        sink.next(20 + waits.nextInt(300));
                    }
                })
                .flatMap(
                        millis -> pool.run(LONG, ContextSpec.DEFAULT, session -> {
                            session.page().navigate(site.url("/"));
                            session.page().waitForTimeout(millis);
                            return session.page().title();
                        }),
                        LANES,
                        1)
                .collectList()
                .toFuture();
        await().atMost(LONG).until(() -> pool.browser().tasks() >= LANES);

        for (int round = 1; round <= 2; round++) {
            List<ProcessHandle> first = Signal.tree(pool.server());
            int times = round;
            assertThat(pool.retire(Retirement.JOBS)).isTrue();
            await().atMost(LONG).until(() -> events.count("retired JOBS") == times);
            assertThat(first).hasSizeGreaterThan(2).noneMatch(ProcessHandle::isAlive);
            await().atMost(LONG).until(() -> pool.browser().tasks() >= LANES);
        }
        enough.set(true);

        assertThat(load.join()).hasSizeGreaterThan(4 * LANES).containsOnly("Home");
        assertThat(events.all())
                .noneMatch(event -> event.startsWith("recycled")
                        || event.startsWith("restarted")
                        || event.startsWith("reconnected")
                        || event.startsWith("timeout"));
    }

    @Test
    void retire_givenNoLoad_expectsNoLaneLessFreeAtAnyTime() {
        assertThat(pool.retire(Retirement.AGE)).isTrue();

        int fewest = LANES;
        while (events.count("retired") == 0) {
            fewest = Math.min(fewest, pool.free());
            Thread.onSpinWait();
        }

        assertThat(fewest).isEqualTo(LANES);
        assertThat(result(title())).isEqualTo("Home");
    }

    @Test
    void retire_givenTaskThatTakesLong_expectsItToEndWhereItBeganAndNewOnesInTheSecond() {
        AtomicBoolean release = new AtomicBoolean();
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        CompletableFuture<String> slow = held(release, begun).toFuture();
        begun.join();
        LaneServer first = pool.server();

        assertThat(pool.retire(Retirement.MEMORY)).isTrue();
        await().atMost(LONG).until(() -> pool.leavingServer().isPresent() && pool.free() == LANES);
        assertThat(pool.snapshot()).filteredOn(LaneSnapshot::leaving).hasSize(1);
        assertThat(pool.retire(Retirement.JOBS)).isFalse();
        assertThat(result(title())).isEqualTo("Home");
        assertThat(pool.browser().tasks()).isEqualTo(1);
        assertThat(first.isAlive()).isTrue();
        assertThat(events.count("retired")).isZero();
        release.set(true);

        assertThat(slow.join()).isEqualTo("Home");
        awaitEvent("retired MEMORY");
        assertThat(first.isAlive()).isFalse();
    }

    @Test
    void retire_givenKeptSession_expectsItToGoOnInTheSecond() {
        Keep keep = new Keep("account", 10, Duration.ofMinutes(1), true);
        LaneTask<String> login = session -> {
            session.page().navigate(site.url("/"));
            session.page().evaluate("() => { document.cookie = 'user=anna; path=/'; }");
            session.keep("note", true);
            return "logged in";
        };
        assertThat(result(pool.run(LONG, ContextSpec.DEFAULT, Optional.of(keep), login)))
                .isEqualTo("logged in");

        assertThat(pool.retire(Retirement.JOBS)).isTrue();
        awaitEvent("retired JOBS");

        String cookie = result(pool.run(LONG, ContextSpec.DEFAULT, Optional.of(keep), session -> {
            session.page().navigate(site.url("/"));
            return session.kept().orElse("new") + " " + session.page().evaluate("() => document.cookie");
        }));
        assertThat(cookie).isEqualTo("note user=anna");
    }

    @Test
    void retire_givenFirstKilledMeanwhile_expectsOnlyItsTaskInterruptedAndNoRestart() {
        AtomicBoolean release = new AtomicBoolean();
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        CompletableFuture<String> slow = held(release, begun).toFuture();
        begun.join();

        assertThat(pool.retire(Retirement.JOBS)).isTrue();
        await().atMost(LONG).until(() -> pool.leavingServer().isPresent());
        Signal.send("KILL", pool.leavingServer().orElseThrow().nodePid());

        assertThatThrownBy(() -> slow.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(BrowserFailureException.class)
                .cause()
                .isInstanceOfSatisfying(BrowserFailureException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(Kind.DISCONNECTED));
        awaitEvent("retired JOBS");
        assertThat(result(Flux.merge(title(), title(), title()).collectList())).hasSize(3);
        assertThat(events.count("restarted")).isZero();
    }

    @Test
    void retire_givenSecondKilledMeanwhile_expectsAnotherAndTheFirstsTaskUnharmed() {
        AtomicBoolean release = new AtomicBoolean();
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        CompletableFuture<String> slow = held(release, begun).toFuture();
        begun.join();
        LaneServer first = pool.server();

        assertThat(pool.retire(Retirement.JOBS)).isTrue();
        await().atMost(LONG).until(() -> pool.leavingServer().isPresent());
        Signal.send("KILL", pool.server().nodePid());
        awaitEvent("restarted DISCONNECTED");

        assertThat(result(Flux.merge(title(), title()).collectList())).containsOnly("Home");
        assertThat(slow).isNotDone();
        release.set(true);
        assertThat(slow.join()).isEqualTo("Home");
        awaitEvent("retired JOBS");
        assertThat(first.isAlive()).isFalse();
    }

    @Test
    void retire_givenSecondThatDoesNotStart_expectsTheFirstToGoOnAndALaterTry() {
        LaneServer first = pool.server();

        assertThat(pool.retire(Retirement.JOBS)).isTrue();
        List<ProcessHandle> starting = await().atMost(LONG)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> nodesBesides(first), nodes -> !nodes.isEmpty());
        starting.forEach(ProcessHandle::destroyForcibly);
        awaitEvent("retirement failed JOBS");

        assertThat(pool.server()).isSameAs(first);
        assertThat(result(title())).isEqualTo("Home");
        await().atMost(LONG).until(() -> pool.retire(Retirement.JOBS));
        awaitEvent("retired JOBS");
        assertThat(pool.server()).isNotSameAs(first);
        assertThat(events.count("restarted")).isZero();
    }

    private static List<ProcessHandle> nodesBesides(LaneServer first) {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.pid() != first.nodePid())
                .filter(child -> child.info().command().orElse("").endsWith("node"))
                .toList();
    }

    /** Memory counts both browsers while the second starts, which may look like a reason for more. */
    @Test
    void retireInPlace_givenSecondThatIsStarting_expectsItRefusedAndTasksServed() throws Exception {
        AtomicBoolean release = new AtomicBoolean();
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        CompletableFuture<String> longTask = held(release, begun).toFuture();
        assertThat(begun.get(60, TimeUnit.SECONDS)).isTrue();

        assertThat(pool.retire(Retirement.JOBS)).isTrue();
        assertThat(pool.retireInPlace(Retirement.MEMORY, LONG)).isFalse();
        assertThat(pool.retireInPlace(Retirement.LIMIT, LONG)).isFalse();
        await().atMost(LONG).until(() -> pool.leavingServer().isPresent());
        release.set(true);

        assertThat(longTask.get(60, TimeUnit.SECONDS)).isNotNull();
        assertThat(result(title())).isNotNull();
    }

    /** There is no memory for two, and little time: the limit does not wait for a task as a planned retirement does. */
    @Test
    void retireInPlace_givenLimitWhileTheFirstIsLeaving_expectsItsTaskInterrupted() throws Exception {
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        CompletableFuture<String> longTask = held(new AtomicBoolean(), begun).toFuture();
        assertThat(begun.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.retire(Retirement.JOBS)).isTrue();
        await().atMost(LONG).until(() -> pool.leavingServer().isPresent());

        assertThat(pool.retireInPlace(Retirement.LIMIT, Duration.ofMillis(100))).isFalse();

        assertThatThrownBy(() -> longTask.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(BrowserFailureException.class);
        assertThat(result(title())).isNotNull();
    }

    @Test
    void retireInPlace_givenTasks_expectsTheRunningOnesToFinishAndTheNextToWait() {
        AtomicBoolean release = new AtomicBoolean();
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        CompletableFuture<String> slow = held(release, begun).toFuture();
        begun.join();
        LaneServer first = pool.server();

        assertThat(pool.retireInPlace(Retirement.MEMORY, LONG)).isTrue();
        CompletableFuture<String> next = title().toFuture();
        assertThat(pool.inUse()).isEqualTo(1);
        release.set(true);

        assertThat(slow.join()).isEqualTo("Home");
        assertThat(next.join()).isEqualTo("Home");
        awaitEvent("retired MEMORY");
        assertThat(first.isAlive()).isFalse();
        assertThat(pool.server()).isNotSameAs(first);
    }

    @Test
    void retireInPlace_givenTaskLongerThanItsPatience_expectsItInterruptedAndTheNextServed() {
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        CompletableFuture<String> endless = held(new AtomicBoolean(), begun).toFuture();
        begun.join();

        assertThat(pool.retireInPlace(Retirement.LIMIT, Duration.ofMillis(200))).isTrue();

        assertThatThrownBy(() -> endless.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(BrowserFailureException.class);
        assertThat(result(title())).isEqualTo("Home");
        awaitEvent("retired LIMIT");
    }

    @Test
    void close_givenSecondStartingOrBothThere_expectsNothingLeft(@TempDir Path folder) throws Exception {
        for (boolean both : new boolean[] {false, true}) {
            LanePool closing =
                    LanePool.start(BrowserConfig.defaults().withWorkDirectory(folder), 1, BrowserEvents.NONE, TIMINGS);
            CompletableFuture<Boolean> begun = new CompletableFuture<>();
            CompletableFuture<Object> task = closing.<Object>run(LONG, ContextSpec.DEFAULT, session -> {
                        begun.complete(true);
                        return session.page().evaluate("() => new Promise(() => {})");
                    })
                    .toFuture();
            begun.join();
            List<ProcessHandle> first = Signal.tree(closing.server());
            assertThat(closing.retire(Retirement.JOBS)).isTrue();
            await().atMost(LONG)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> both
                            ? closing.leavingServer().isPresent() && closing.free() == 1
                            : folder.resolve("0/b1").toFile().exists());
            List<ProcessHandle> all = Stream.concat(first.stream(), ownNodes(folder))
                    .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                    .distinct()
                    .toList();

            closing.close();

            assertThatThrownBy(task::join).hasCauseInstanceOf(BrowserFailureException.class);
            assertThat(all).hasSizeGreaterThan(3).noneMatch(ProcessHandle::isAlive);
            assertThat(ownNodes(folder)).isEmpty();
            assertThat(folder.resolve("0")).doesNotExist();
        }
    }

    private static Stream<ProcessHandle> ownNodes(Path folder) {
        return ProcessHandle.current().children().filter(child -> child.info().arguments().stream()
                .flatMap(Stream::of)
                .anyMatch(argument -> argument.startsWith(folder.toString())));
    }
}
