package dev.headstream.pipeline.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobError;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class UnsettledStepTest {
    private static final Outcome.Trace RAN = new Outcome.Trace(1, List.of(), List.of(), Duration.ofSeconds(1));

    private final Execution execution = SampleExecutions.job(new TopicPartition("jobs", 0), 7, "order");

    static Stream<Outcome> hiding() {
        return Stream.of(
                new Outcome.Cancelled("ordered by phone", RAN),
                new Outcome.Rejected(List.of("flow: there is no 'order'")),
                new Outcome.TimedOut(new JobError("DEADLINE_PASSED", "too late", null), false, Outcome.Trace.NONE),
                Attempts.interruptedTooOften(SampleExecutions.job(new TopicPartition("jobs", 0), 7, "o"), "killed"));
    }

    @ParameterizedTest
    @MethodSource("hiding")
    void shown_givenAnIntentAndAnEndThatSaysNothingOfIt_expectsUncertain(Outcome outcome) {
        execution.intend("pay", 1);

        Outcome shown = UnsettledStep.shown(execution, outcome);

        assertThat(shown).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.error().getKind()).isEqualTo("UNCERTAIN");
            assertThat(failed.error().getStep()).isEqualTo("pay");
            assertThat(failed.retryable()).isFalse();
        });
    }

    @ParameterizedTest
    @MethodSource("hiding")
    void shown_givenNoIntent_expectsTheOutcomeItself(Outcome outcome) {
        assertThat(UnsettledStep.shown(execution, outcome)).isSameAs(outcome);
    }

    @Test
    void shown_givenAnEndByWhoRanTheSteps_expectsTheOutcomeItself() {
        execution.intend("pay", 1);
        Outcome failed = new Outcome.Failed(new JobError("OUT_OF_STOCK", "none left", "buy"), false, RAN);
        Outcome succeeded = new Outcome.Succeeded(null, Outcome.Trace.NONE);

        assertThat(UnsettledStep.shown(execution, failed)).isSameAs(failed);
        assertThat(UnsettledStep.shown(execution, succeeded)).isSameAs(succeeded);
    }
}
