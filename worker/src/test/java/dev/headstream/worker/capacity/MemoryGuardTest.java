package dev.headstream.worker.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryGuardTest {
    private static final int GRACE_SAMPLES = 30;

    private final Contexts contexts = new Contexts();
    private final List<Breach> breaches = new ArrayList<>();
    private final MemoryGuard guard = new MemoryGuard(
            new MemoryGuard.Settings(8, 2, 0.75, 0.90, Duration.ofSeconds(60), Duration.ofSeconds(2)),
            contexts,
            () -> 0.5,
            () -> 1,
            breaches::add);

    @Test
    void accept_givenMemoryAboveSoft_expectsTheTargetLimited() {
        samples(5, 80);

        assertThat(contexts.limits).containsExactly(4);
        assertThat(breaches).isEmpty();
    }

    @Test
    void accept_givenMemoryAboveHard_expectsOneContextAndTheBrowserRetiredOnce() {
        samples(2, 95);
        assertThat(breaches).isEmpty();

        samples(10, 95);

        assertThat(breaches).containsExactly(Breach.RETIRE_BROWSER);
        assertThat(contexts.inUse()).isEqualTo(1);
    }

    @Test
    void accept_givenMemoryStillAboveHardAfterGrace_expectsTheWorkerReplacedOnce() {
        samples(3 + GRACE_SAMPLES - 1, 95);
        assertThat(breaches).containsExactly(Breach.RETIRE_BROWSER);

        samples(100, 95);

        assertThat(breaches).containsExactly(Breach.RETIRE_BROWSER, Breach.REPLACE_WORKER);
    }

    @Test
    void accept_givenANewBrowserThatHelps_expectsNoReplacementAndARetirementAtTheNextBreach() {
        samples(3, 95);
        samples(60, 40);
        samples(3, 95);

        assertThat(breaches).containsExactly(Breach.RETIRE_BROWSER, Breach.RETIRE_BROWSER);
    }

    @Test
    void accept_givenMemoryAboveSoftWithOneContext_expectsTheBrowserRetiredOnceAndTheWorkerKept() {
        samples(500, 80);

        assertThat(contexts.inUse()).isEqualTo(1);
        assertThat(breaches).containsExactly(Breach.RETIRE_BROWSER);
    }

    @Test
    void accept_givenSpikes_expectsNoBreach() {
        for (int round = 0; round < 20; round++) {
            samples(2, 99);
            samples(30, 40);
        }

        assertThat(breaches).isEmpty();
    }

    private void samples(int count, int percent) {
        for (int index = 0; index < count; index++) {
            guard.accept(new MemorySample(
                    new MemoryReading(Map.of(ProcessKind.RENDERER, (long) percent), 1, 0),
                    new MemoryLimit(100, "configured")));
        }
    }

    /** Contexts that are all in use, and given back as soon as fewer are allowed. */
    private static final class Contexts implements LimitTarget {
        private final List<Integer> limits = new ArrayList<>();
        private int limit = 8;

        @Override
        public void limit(int contexts) {
            limits.add(contexts);
            limit = contexts;
        }

        @Override
        public int inUse() {
            return limit;
        }
    }
}
