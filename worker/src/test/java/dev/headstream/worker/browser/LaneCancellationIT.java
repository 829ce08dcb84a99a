package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Subscribers that go away at any moment. */
final class LaneCancellationIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int TASKS = 100;

    /**
     * Forbidden: a result of one task given to another, an interrupt that hits a task that nobody cancelled, a context
     * or a lane that is lost.
     */
    @Test
    void cancel_givenRandomMoments_expectsRightResultsAndAWholePool(@TempDir Path folder) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Duration> patience = IntStream.range(0, TASKS)
                .mapToObj(number -> random.nextInt(10) < 4 ? Duration.ofMillis(random.nextInt(1500)) : DEADLINE)
                .toList();
        Map<Integer, String> results = new ConcurrentHashMap<>();
        Map<Integer, Throwable> failures = new ConcurrentHashMap<>();

        try (TestSite site = new TestSite();
                LanePool pool =
                        LanePool.start(BrowserConfig.defaults().withWorkDirectory(folder), 3, BrowserEvents.NONE)) {
            Long ended = Flux.range(0, TASKS)
                    .flatMap(
                            number -> pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
                                        session.page().navigate(site.url("/echo?n=" + number));
                                        return String.valueOf(session.page().textContent("#q"));
                                    })
                                    .doOnNext(result -> results.put(number, result))
                                    .doOnError(failure -> failures.put(number, failure))
                                    .onErrorComplete()
                                    .take(patience.get(number)),
                            3)
                    .count()
                    .block(Duration.ofMinutes(5));

            assertThat(ended).isEqualTo(results.size());
            assertThat(failures).as("seed %d", seed).isEmpty();
            assertThat(results).as("seed %d", seed).allSatisfy((number, result) -> assertThat(result)
                    .isEqualTo("n=" + number));
            assertThat(IntStream.range(0, TASKS).filter(n -> patience.get(n).equals(DEADLINE)))
                    .as("seed %d: tasks that nobody cancelled", seed)
                    .allMatch(results::containsKey);
            await().atMost(Duration.ofSeconds(30)).until(() -> pool.inUse() == 0);
            assertThat(Flux.merge(contexts(pool), contexts(pool), contexts(pool))
                            .collectList()
                            .block(DEADLINE))
                    .as("seed %d: contexts on each lane", seed)
                    .containsOnly(1);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(Signal.renderers(pool.server()))
                    .as("seed %d: renderers left over", seed)
                    .hasSizeLessThanOrEqualTo(1)); // Chromium may keep a spare one
        }
    }

    private static Mono<Integer> contexts(LanePool pool) {
        return pool.run(
                DEADLINE,
                ContextSpec.DEFAULT,
                session -> session.context().browser().contexts().size());
    }
}
