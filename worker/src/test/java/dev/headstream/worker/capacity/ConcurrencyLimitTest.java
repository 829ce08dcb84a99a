package dev.headstream.worker.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.worker.capacity.ConcurrencyLimit.Bounds;
import dev.headstream.worker.capacity.ConcurrencyLimit.Decision;
import dev.headstream.worker.capacity.ConcurrencyLimit.Reason;
import dev.headstream.worker.capacity.ConcurrencyLimit.Sample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
    private static final double CALM = 0.40;
    private static final double BETWEEN = 0.72;
    private static final double HIGH = 0.80;

    private final ConcurrencyLimit limit = new ConcurrencyLimit(new Bounds(8, 2, 0.75));

    @Test
    void accept_givenMemoryAboveSoft_expectsHalfOfWhatWasInUse() {
        assertThat(changes(5, HIGH, 8)).containsExactly(new Decision(4, Reason.MEMORY));
    }

    @Test
    void accept_givenFewInUse_expectsHalfOfThoseAndNotOfTheAllowance() {
        assertThat(changes(5, HIGH, 4)).containsExactly(new Decision(2, Reason.MEMORY));
    }

    @Test
    void accept_givenOneSpike_expectsNoCut() {
        changes(9, CALM, 8);
        assertThat(changes(1, 0.99, 8)).isEmpty();
        assertThat(changes(40, CALM, 8)).isEmpty();
    }

    @Test
    void accept_givenJobsThatStillRun_expectsNoSecondCutBeforeTheFirstTookEffect() {
        changes(5, HIGH, 8);

        assertThat(changes(20, HIGH, 8)).isEmpty();
        assertThat(changes(5, HIGH, 4)).containsExactly(new Decision(2, Reason.MEMORY));
    }

    @Test
    void accept_givenJobsThatNeverEnd_expectsTheNextCutAfterSomePatience() {
        changes(5, HIGH, 8);

        assertThat(changes(40, HIGH, 8)).contains(new Decision(2, Reason.MEMORY));
    }

    @Test
    void accept_givenHighMemoryWithOneContext_expectsItSaidAndNeverLessThanOne() {
        List<Decision> decisions = changes(200, HIGH, 1);

        assertThat(decisions).contains(new Decision(1, Reason.MEMORY_AT_FLOOR));
        assertThat(limit.limit()).isEqualTo(1);
    }

    @Test
    void accept_givenCalm_expectsOneMoreAtATimeUpToTheCap() {
        changes(5, HIGH, 8);

        List<Decision> decisions = new ArrayList<>();
        for (int round = 0; round < 200; round++) {
            decisions.addAll(changes(1, CALM, limit.limit()));
        }

        assertThat(decisions).extracting(Decision::limit).containsExactly(5, 6, 7, 8);
        assertThat(decisions).extracting(Decision::reason).containsOnly(Reason.CALM);
    }

    @Test
    void accept_givenCalmWithUnusedContexts_expectsNoMore() {
        changes(5, HIGH, 8);

        assertThat(changes(200, CALM, 3)).isEmpty();
    }

    @Test
    void accept_givenMemoryBetweenCalmAndSoft_expectsNoChange() {
        changes(5, HIGH, 8);

        assertThat(changes(200, BETWEEN, 4)).isEmpty();
    }

    @Test
    void accept_givenCpuSaturatedAndStepsSlower_expectsOneLessDownToTheCpus() {
        List<Decision> decisions = new ArrayList<>();
        for (int round = 0; round < 200; round++) {
            decisions.addAll(feed(new Sample(CALM, 0.99, 1.8, limit.limit())));
        }

        assertThat(decisions).extracting(Decision::limit).containsExactly(7, 6, 5, 4, 3, 2);
        assertThat(decisions).extracting(Decision::reason).containsOnly(Reason.CPU);
    }

    @Test
    void accept_givenCpuSaturatedAndStepsAsFastAsEver_expectsNoChange() {
        for (int round = 0; round < 100; round++) {
            assertThat(feed(new Sample(CALM, 0.99, 1.0, 8))).isEmpty();
        }
    }

    @Test
    void collapse_givenAnyState_expectsOneAtOnce() {
        assertThat(limit.collapse().limit()).isEqualTo(1);
        assertThat(limit.limit()).isEqualTo(1);
    }

    private List<Decision> changes(int samples, double memory, int inUse) {
        List<Decision> decisions = new ArrayList<>();
        for (int index = 0; index < samples; index++) {
            decisions.addAll(feed(new Sample(memory, 0.5, 1, inUse)));
        }
        return decisions;
    }

    private List<Decision> feed(Sample sample) {
        Decision decision = limit.accept(sample);
        assertThat(decision.limit()).isEqualTo(limit.limit()).isBetween(1, 8);
        return decision.reason() == Reason.STEADY ? List.of() : List.of(decision);
    }
}
