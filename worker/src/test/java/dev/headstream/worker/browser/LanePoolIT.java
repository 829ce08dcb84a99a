package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
