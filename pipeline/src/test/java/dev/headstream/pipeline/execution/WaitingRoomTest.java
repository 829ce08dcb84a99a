package dev.headstream.pipeline.execution;

import static dev.headstream.pipeline.execution.SampleExecutions.P0;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

final class WaitingRoomTest {
    private static final Instant NOW = Instant.parse("2026-01-31T09:00:00Z");

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final WaitingRoom room = new WaitingRoom(timer, Clock.fixed(NOW, ZoneOffset.UTC), Duration.ofMinutes(1));
    private final List<String> released = new ArrayList<>();
    private final Disposable subscription = room.released().subscribe(execution -> released.add(execution.id()));

    @AfterEach
    void close() {
        subscription.dispose();
        timer.dispose();
    }

    @Test
    void releaseAfter_givenDelays_expectsEachAtItsTimeAndNotBefore() {
        room.releaseAfter(SampleExecutions.job(P0, 0, "late"), Duration.ofSeconds(5));
        room.releaseAfter(SampleExecutions.job(P0, 1, "soon"), Duration.ofSeconds(2));

        timer.advanceTimeBy(Duration.ofMillis(1_999));
        assertThat(released).isEmpty();
        timer.advanceTimeBy(Duration.ofMillis(1));
        assertThat(released).containsExactly("soon");
        timer.advanceTimeBy(Duration.ofSeconds(3));
        assertThat(released).containsExactly("soon", "late");
    }

    @Test
    void releaseAt_givenInstantToCome_expectsItThen() {
        room.releaseAt(SampleExecutions.job(P0, 0, "a"), NOW.plusSeconds(30));

        timer.advanceTimeBy(Duration.ofSeconds(29));
        assertThat(released).isEmpty();
        timer.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(released).containsExactly("a");
    }

    @Test
    void releaseAt_givenPartOfAMillisecond_expectsItNotBefore() {
        room.releaseAt(SampleExecutions.job(P0, 0, "a"), NOW.plusNanos(1_900_000));

        timer.advanceTimeBy(Duration.ofNanos(1_899_999));
        assertThat(released).isEmpty();
        timer.advanceTimeBy(Duration.ofNanos(1));
        assertThat(released).containsExactly("a");
    }

    @Test
    void releaseAt_givenInstantPassed_expectsItAtOnce() {
        room.releaseAt(SampleExecutions.job(P0, 0, "a"), NOW.minusSeconds(3_600));

        timer.advanceTime();

        assertThat(released).containsExactly("a");
    }

    @Test
    void releaseAt_givenInstantFarAwayAfterAClockJump_expectsItWithinTheLongestDelay() {
        room.releaseAt(SampleExecutions.job(P0, 0, "a"), NOW.plusSeconds(3_600));

        timer.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(released).containsExactly("a");
    }

    @Test
    void release_givenNoDemandYet_expectsItKeptInOrder() {
        WaitingRoom full = new WaitingRoom(timer, Clock.fixed(NOW, ZoneOffset.UTC), Duration.ofMinutes(1));
        full.release(SampleExecutions.job(P0, 0, "a"));
        full.release(SampleExecutions.job(P0, 1, "b"));
        List<String> taken = new ArrayList<>();

        Disposable late = full.released().take(2).subscribe(execution -> taken.add(execution.id()));

        assertThat(taken).containsExactly("a", "b");
        assertThat(late.isDisposed()).isTrue();
    }

    @Test
    void withdraw_givenOneThatWaits_expectsItNeverReleasedAndOnlyOneToTakeIt() {
        Execution execution = SampleExecutions.job(P0, 0, "a");
        room.releaseAfter(execution, Duration.ofSeconds(5));

        assertThat(room.withdraw(execution)).isTrue();
        assertThat(room.withdraw(execution)).isFalse();
        timer.advanceTimeBy(Duration.ofSeconds(6));

        assertThat(released).isEmpty();
    }

    @Test
    void withdraw_givenOneThatWasReleased_expectsNothingToTake() {
        Execution execution = SampleExecutions.job(P0, 0, "a");
        room.releaseAfter(execution, Duration.ofSeconds(5));
        timer.advanceTimeBy(Duration.ofSeconds(5));

        assertThat(room.withdraw(execution)).isFalse();
        assertThat(released).containsExactly("a");
    }

    @Test
    void releaseAfter_givenACancelThatCameJustBefore_expectsItAtOnceAndOnce() {
        Execution execution = SampleExecutions.job(P0, 0, "a");
        execution.cancel("why");

        room.releaseAfter(execution, Duration.ofSeconds(5));
        timer.advanceTimeBy(Duration.ofSeconds(6));

        assertThat(released).containsExactly("a");
    }
}
