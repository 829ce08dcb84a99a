package dev.headstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClockWatchTest {
    private static final Duration TOLERANCE = Duration.ofSeconds(6);

    private Duration uptime = Duration.ZERO;
    private Duration wall = Duration.ofDays(20_000);
    private final List<Duration> jumps = new ArrayList<>();
    private final ClockWatch watch =
            new ClockWatch(TOLERANCE, () -> uptime.toNanos(), () -> wall.toNanos(), jumps::add);

    @Test
    void look_givenClockThatIsSetAhead_expectsTheJumpOnce() {
        pass(Duration.ofSeconds(1));
        wall = wall.plusHours(1);
        pass(Duration.ofSeconds(1));
        pass(Duration.ofSeconds(1));

        assertThat(jumps).containsExactly(Duration.ofHours(1));
    }

    @Test
    void look_givenClockThatIsSetBack_expectsTheJump() {
        wall = wall.minusHours(1);
        pass(Duration.ofSeconds(1));

        assertThat(jumps).containsExactly(Duration.ofHours(-1));
    }

    /** Both clocks go on while a process is stopped: that is the lease's concern. */
    @Test
    void look_givenALongTimeWithoutALook_expectsNoJump() {
        pass(Duration.ofHours(1));

        assertThat(jumps).isEmpty();
    }

    @Test
    void look_givenCorrectionsWithinTheTolerance_expectsNoJump() {
        for (int second = 0; second < 100; second++) {
            wall = wall.plus(TOLERANCE);
            pass(Duration.ofSeconds(1));
        }

        assertThat(jumps).isEmpty();
    }

    private void pass(Duration time) {
        uptime = uptime.plus(time);
        wall = wall.plus(time);
        watch.look();
    }
}
