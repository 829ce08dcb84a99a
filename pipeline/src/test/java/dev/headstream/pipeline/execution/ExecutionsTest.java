package dev.headstream.pipeline.execution;

import static dev.headstream.pipeline.execution.SampleExecutions.P0;
import static dev.headstream.pipeline.execution.SampleExecutions.P1;
import static dev.headstream.pipeline.execution.SampleExecutions.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.pipeline.source.PolledEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

final class ExecutionsTest {
    private final Executions executions = new Executions();

    /** The journal keeps milliseconds: the worker that takes over must not begin a part of one too early. */
    @Test
    void state_givenNextAttemptWithinAMillisecond_expectsTheNextWholeOne() {
        Execution execution = job(P0, 0, "again");

        execution.notBefore(Instant.ofEpochSecond(8, 1));

        assertThat(execution.state(Instant.EPOCH).getNotBefore()).isEqualTo(Instant.ofEpochMilli(8_001));
    }

    @Test
    void accept_givenSameIdTwice_expectsTheSecondToEndWithTheFirst() {
        Execution first = job(P0, 0, "a");

        assertThat(executions.accept(first)).isTrue();
        assertThat(executions.accept(job(P0, 1, "a"))).isFalse();
        assertThat(executions.accept(job(P0, 2, "a"))).isFalse();

        assertThat(executions.waitingCount()).isEqualTo(3);
        assertThat(executions.finish(first)).extracting(PolledEvent::offset).containsExactly(1L, 2L);
        assertThat(executions.waitingCount()).isZero();
        assertThat(executions.accept(job(P0, 3, "a"))).as("nobody to wait for").isTrue();
    }

    @Test
    void accept_givenSameIdInAnotherPartition_expectsBothAccepted() {
        assertThat(executions.accept(job(P0, 0, "a"))).isTrue();
        assertThat(executions.accept(job(P1, 0, "a"))).isTrue();
    }

    @Test
    void tryBegin_givenSessionInUse_expectsTheOthersOneByOneInOrder() {
        Execution a = accepted(job(P0, 0, "a", "s"));
        Execution b = accepted(job(P0, 1, "b", "s"));
        Execution c = accepted(job(P0, 2, "c", "s"));

        assertThat(executions.tryBegin(a)).isTrue();
        assertThat(executions.tryBegin(b)).isFalse();
        assertThat(executions.tryBegin(c)).isFalse();
        assertThat(executions.runningCount()).isEqualTo(1);

        assertThat(executions.freeSession(a)).containsSame(b);
        assertThat(executions.tryBegin(b)).isTrue();
        assertThat(executions.freeSession(b)).containsSame(c);
        assertThat(executions.tryBegin(c)).isTrue();
        assertThat(executions.freeSession(c)).isEmpty();
        executions.endAttempt(a);
        executions.endAttempt(b);
        executions.endAttempt(c);
        assertThat(executions.runningCount()).isZero();
    }

    @Test
    void tryBegin_givenOtherSessionOrNone_expectsThemSideBySide() {
        assertThat(executions.tryBegin(accepted(job(P0, 0, "a", "s")))).isTrue();
        assertThat(executions.tryBegin(accepted(job(P0, 1, "b", "t")))).isTrue();
        assertThat(executions.tryBegin(accepted(job(P0, 2, "c")))).isTrue();
        assertThat(executions.tryBegin(accepted(job(P1, 0, "d", "s")))).isTrue();
        assertThat(executions.runningCount()).isEqualTo(4);
    }

    @Test
    void drop_givenPartition_expectsItsJobsStoppedAndItsSessionsFreeAgain() {
        Execution running = accepted(job(P0, 0, "a", "s"));
        Execution queued = accepted(job(P0, 1, "b", "s"));
        Execution other = accepted(job(P1, 0, "c", "s"));
        executions.tryBegin(running);
        executions.tryBegin(queued);
        executions.tryBegin(other);

        executions.drop(Set.of(P0));

        StepVerifier.create(running.whenDropped()).verifyComplete();
        assertThat(running.isLive()).isFalse();
        assertThat(queued.isLive()).isFalse();
        assertThat(other.isLive()).isTrue();
        assertThat(executions.runningCount()).isEqualTo(1);
        assertThat(executions.partitions()).containsExactly(P1);
        assertThat(executions.tryBegin(queued))
                .as("a dropped job begins no more")
                .isFalse();
        Execution again = accepted(job(P0, 0, "a", "s"));
        assertThat(executions.tryBegin(again)).isTrue();
    }

    @Test
    void endAttempt_givenLateEndOfADroppedJob_expectsTheSessionOfItsSuccessorLeftAlone() {
        Execution old = accepted(job(P0, 0, "a", "s"));
        executions.tryBegin(old);
        executions.drop(Set.of(P0));
        Execution successor = accepted(job(P0, 0, "a", "s"));
        executions.tryBegin(successor);
        Execution waiting = accepted(job(P0, 1, "b", "s"));
        executions.tryBegin(waiting);

        assertThat(executions.freeSession(old)).isEmpty();

        assertThat(executions.runningCount()).isEqualTo(1);
        assertThat(executions.freeSession(successor)).containsSame(waiting);
    }

    @Test
    void finish_givenLateEndOfADroppedJob_expectsItsSuccessorStillKnown() {
        Execution old = accepted(job(P0, 0, "a"));
        executions.drop(Set.of(P0));
        accepted(job(P0, 0, "a"));

        assertThat(executions.finish(old)).isEmpty();

        assertThat(executions.accept(job(P0, 1, "a"))).as("still a duplicate").isFalse();
    }

    @Test
    void withdraw_givenOneLinedUpForItsSession_expectsItPassedOver() {
        Execution holder = accepted(job(P0, 0, "a", "acme"));
        Execution second = accepted(job(P0, 1, "b", "acme"));
        Execution third = accepted(job(P0, 2, "c", "acme"));
        executions.tryBegin(holder);
        executions.tryBegin(second);
        executions.tryBegin(third);

        assertThat(executions.withdraw(holder)).as("it runs").isFalse();
        assertThat(executions.withdraw(second)).isTrue();
        assertThat(executions.withdraw(second)).isFalse();

        assertThat(executions.freeSession(holder)).containsSame(third);
    }

    @Test
    void leave_givenPartition_expectsNothingBegunThereAndWhatRunsAskedToStop() throws Exception {
        Execution running = accepted(job(P0, 0, "a"));
        Execution other = accepted(job(P1, 0, "b"));
        executions.tryBegin(running);
        executions.tryBegin(other);

        executions.leave(Set.of(P0));

        assertThat(running.stopRequested()).isTrue();
        assertThat(other.stopRequested()).isFalse();
        assertThat(executions.tryBegin(accepted(job(P0, 1, "c")))).isFalse();
        assertThat(executions.tryBegin(accepted(job(P1, 1, "d")))).isTrue();
        assertThat(executions.awaitIdle(Set.of(P0), Duration.ZERO)).isFalse();
        executions.endAttempt(running);
        assertThat(executions.awaitIdle(Set.of(P0), Duration.ZERO)).isTrue();
        assertThat(executions.awaitIdle(Duration.ZERO)).isFalse();
    }

    @Test
    void leave_givenPartitionDroppedAndAssignedAgain_expectsItsJobsToBegin() {
        executions.leave(Set.of(P0));
        executions.drop(Set.of(P0));

        assertThat(executions.tryBegin(accepted(job(P0, 0, "a")))).isTrue();
    }

    @Test
    void close_givenWaitingJob_expectsItNeverBegun() {
        Execution waiting = accepted(job(P0, 0, "a"));

        executions.close();

        assertThat(executions.tryBegin(waiting)).isFalse();
    }

    @Test
    void waitingCount_givenRunningWaitingAndDuplicate_expectsTheTwoThatDoNotRun() {
        executions.tryBegin(accepted(job(P0, 0, "a")));
        accepted(job(P0, 1, "b"));
        executions.accept(job(P0, 2, "a"));

        assertThat(executions.waitingCount()).isEqualTo(2);
    }

    private Execution accepted(Execution execution) {
        assertThat(executions.accept(execution)).isTrue();
        return execution;
    }
}
