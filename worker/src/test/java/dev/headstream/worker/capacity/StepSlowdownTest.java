package dev.headstream.worker.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StepSlowdownTest {
    private final StepSlowdown slowdown = new StepSlowdown();

    @Test
    void take_givenNoSteps_expectsOne() {
        assertThat(slowdown.take()).isEqualTo(1);
    }

    @Test
    void take_givenStepsOfDifferentLength_expectsEachComparedWithItsOwnPast() {
        record(10, 100, 4_000);
        assertThat(slowdown.take()).isCloseTo(1, within(0.01));

        record(5, 200, 8_000);

        assertThat(slowdown.take()).isCloseTo(2, within(0.1));
        assertThat(slowdown.take()).isEqualTo(1);
    }

    @Test
    void take_givenAShortCrowdedTime_expectsTheUsualTimeHardlyMoved() {
        record(10, 100, 4_000);
        record(10, 300, 12_000);
        slowdown.take();

        record(1, 300, 12_000);

        assertThat(slowdown.take()).isGreaterThan(2.4);
    }

    private void record(int times, long shortMillis, long longMillis) {
        for (int index = 0; index < times; index++) {
            slowdown.record("flow", "short", Duration.ofMillis(shortMillis));
            slowdown.record("flow", "long", Duration.ofMillis(longMillis));
        }
    }
}
