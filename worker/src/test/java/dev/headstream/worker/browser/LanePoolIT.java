package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** What lanes are for, against a real browser. */
final class LanePoolIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

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
                .block(Duration.ofSeconds(60));

        assertThat(titles)
                .isEqualTo(numbers.stream().map(number -> "n=" + number).toList());
    }
}
