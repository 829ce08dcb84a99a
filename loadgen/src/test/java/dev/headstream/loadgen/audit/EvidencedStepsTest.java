package dev.headstream.loadgen.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.loadgen.audit.StepEvidence.Cut;
import dev.headstream.loadgen.audit.StepEvidence.StepMoment;
import dev.headstream.loadgen.audit.StepEvidence.StepMoment.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EvidencedStepsTest {
    private static final long FIRST = 11;
    private static final long SECOND = 22;

    private final List<StepMoment> moments = new ArrayList<>();

    @Test
    void notRunAgain_givenStepBegunAfterItsCheckpoint_expectsBreach() {
        note(Kind.BEGIN, "job", 1, FIRST);
        note(Kind.END, "job", 2, FIRST);
        note(Kind.BEGIN, "job", 9, SECOND);
        History history = new Histories()
                .checkpoint("job", 0, 1, 3, Histories.completed("step-1", 1, 1))
                .history();

        Finding finding = steps(history, Map.of(), List.of()).notRunAgain();

        assertThat(finding.breaches()).isEqualTo(1);
        assertThat(finding.examples().get(0)).contains("step-1 of job", "process 22");
    }

    @Test
    void notRunAgain_givenStepBegunAgainBeforeItsOnlyCheckpoint_expectsNone() {
        note(Kind.BEGIN, "job", 1, FIRST);
        note(Kind.BEGIN, "job", 5, SECOND);
        note(Kind.END, "job", 6, SECOND);
        History history = new Histories()
                .checkpoint("job", 0, 1, 7, Histories.completed("step-1", 5, 1))
                .history();

        assertThat(steps(history, Map.of(), List.of()).notRunAgain().holds()).isTrue();
    }

    @Test
    void notRunAgain_givenOnceStepBegunTwice_expectsBreachEvenWithoutCheckpoint() {
        note(Kind.BEGIN, "job", 1, FIRST);
        note(Kind.BEGIN, "job", 5, SECOND);

        Finding finding = steps(new Histories().history(), Map.of("job", "step-1"), List.of())
                .notRunAgain();

        assertThat(finding.breaches()).isEqualTo(1);
    }

    @Test
    void bounded_givenMoreJobsThanContexts_expectsBreach() {
        note(Kind.BEGIN, "one", 1, FIRST);
        note(Kind.BEGIN, "two", 1, FIRST);
        note(Kind.BEGIN, "other", 1, SECOND);
        note(Kind.BEGIN, "three", 2, FIRST);

        Finding finding = steps(new Histories().history(), Map.of(), List.of()).bounded();

        assertThat(finding.breaches()).isEqualTo(1);
        assertThat(finding.examples().get(0)).contains("process 11 ran 3 jobs");
    }

    @Test
    void onlyInFlightRerun_givenStepRunAgainLongAfterItsEnd_expectsBreachUnlessItsProcessWasCutOffThen() {
        note(Kind.BEGIN, "job", 1, FIRST);
        note(Kind.END, "job", 2, FIRST);
        note(Kind.BEGIN, "job", 20, SECOND);
        History none = new Histories().history();

        assertThat(steps(none, Map.of(), List.of()).onlyInFlightRerun().breaches())
                .isEqualTo(1);
        assertThat(steps(none, Map.of(), List.of(new Cut(FIRST, micros(3))))
                        .onlyInFlightRerun()
                        .holds())
                .isTrue();
        assertThat(steps(none, Map.of(), List.of(new Cut(FIRST, micros(10))))
                        .onlyInFlightRerun()
                        .breaches())
                .isEqualTo(1);
    }

    @Test
    void onlyInFlightRerun_givenStepThatWasCutShortOrFailed_expectsNone() {
        note(Kind.BEGIN, "cut", 1, FIRST);
        note(Kind.STOP, "cut", 2, FIRST);
        note(Kind.BEGIN, "cut", 3, SECOND);
        note(Kind.BEGIN, "failed", 1, FIRST);
        note(Kind.FAIL, "failed", 2, FIRST);
        note(Kind.BEGIN, "failed", 3, FIRST);

        assertThat(steps(new Histories().history(), Map.of(), List.of())
                        .onlyInFlightRerun()
                        .holds())
                .isTrue();
    }

    private void note(Kind kind, String execution, int second, long pid) {
        moments.add(new StepMoment(kind, execution, "step-1", 1, micros(second), pid));
    }

    private EvidencedSteps steps(History history, Map<String, String> onceSteps, List<Cut> cuts) {
        return new EvidencedSteps(history, new StepEvidence(moments, onceSteps, cuts, 2));
    }

    private static long micros(int second) {
        return Duration.ofMillis(Histories.START.plusSeconds(second).toEpochMilli())
                        .toNanos()
                / 1_000;
    }
}
