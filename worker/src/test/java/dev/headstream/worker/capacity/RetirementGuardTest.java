package dev.headstream.worker.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.worker.browser.BrowserEvents.Retirement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetirementGuardTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final Browser browser = new Browser();
    private final RetirementGuard guard =
            new RetirementGuard(new RetirementGuard.Settings(100, HOUR, 0.5, 0.9), browser);

    @Test
    void accept_givenAsManyJobsAsItMayServe_expectsASecondBrowser() {
        browser.jobs = 99;
        samples(20, 30);
        assertThat(browser.asked).isEmpty();

        browser.jobs = 100;
        samples(1, 30);

        assertThat(browser.asked).containsExactly("beside JOBS");
    }

    @Test
    void accept_givenAge_expectsASecondBrowser() {
        browser.age = HOUR;

        samples(1, 30);

        assertThat(browser.asked).containsExactly("beside AGE");
    }

    @Test
    void accept_givenMemoryAboveItsShareForLong_expectsASecondBrowser() {
        browser.age = Duration.ofMinutes(10);
        samples(9, 60);
        samples(1, 40);
        samples(9, 60);
        assertThat(browser.asked).isEmpty();

        samples(1, 60);

        assertThat(browser.asked).containsExactly("beside MEMORY");
    }

    @Test
    void accept_givenYoungBrowserWithMuchMemory_expectsItLeftAlone() {
        browser.age = Duration.ofMinutes(4);

        samples(50, 60);

        assertThat(browser.asked).isEmpty();
    }

    @Test
    void accept_givenNoMemoryForTwo_expectsItReplacedInItsPlace() {
        browser.age = Duration.ofMinutes(10);
        browser.jobs = 100;

        samples(1, 75); // with 10 for the worker and 10 for what a second needs: above 90

        assertThat(browser.asked).containsExactly("in place JOBS");
    }

    /** Percent of the limit: Node and Chromium as given, 10 of them not in renderers, and 10 for the worker itself. */
    private void samples(int count, int percent) {
        for (int sample = 0; sample < count; sample++) {
            guard.accept(new MemorySample(
                    new MemoryReading(
                            Map.of(
                                    ProcessKind.JVM,
                                    10L,
                                    ProcessKind.NODE,
                                    4L,
                                    ProcessKind.BROWSER,
                                    6L,
                                    ProcessKind.RENDERER,
                                    percent - 10L),
                            4,
                            0),
                    new MemoryLimit(100, "test")));
        }
    }

    private static final class Browser implements RetirementGuard.Target {
        private final List<String> asked = new ArrayList<>();
        private long jobs;
        private Duration age = Duration.ZERO;

        @Override
        public long jobs() {
            return jobs;
        }

        @Override
        public Duration age() {
            return age;
        }

        @Override
        public void retire(Retirement why) {
            asked.add("beside " + why);
        }

        @Override
        public void retireInPlace(Retirement why) {
            asked.add("in place " + why);
        }
    }
}
