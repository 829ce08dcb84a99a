package dev.headstream.loadgen.offender;

import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import java.util.ArrayList;
import java.util.List;

/** One step over many jobs, as their results tell. Confined to one thread. */
public final class StepTally {
    private final long budgetMillis;
    private final List<Long> tookMillis = new ArrayList<>();
    private long overBudgetMillis;
    private long cached;
    private long coalesced;
    private long passedOver;

    /** @param budgetMillis its p95 target; 0 if it has none */
    public StepTally(long budgetMillis) {
        this.budgetMillis = budgetMillis;
    }

    /** Takes one call. */
    public void add(StepReport step) {
        long took = step.getDurationMillis();
        tookMillis.add(took);
        if (budgetMillis > 0) {
            overBudgetMillis += Math.max(0, took - budgetMillis);
        }
        StepOutcome outcome = step.getOutcome();
        if (outcome == StepOutcome.CACHED) {
            cached++;
        } else if (outcome == StepOutcome.COALESCED) {
            coalesced++;
        } else if (outcome == StepOutcome.RESUMED || outcome == StepOutcome.SKIPPED) {
            passedOver++;
        }
    }

    public long budgetMillis() {
        return budgetMillis;
    }

    /** Times of all calls. */
    public Percentiles times() {
        return Percentiles.of(tookMillis);
    }

    /** How often its outputs were there already, or were not needed. */
    public long reused() {
        return cached + passedOver;
    }

    StepFigures figures(StepFigures.Name name) {
        Percentiles times = times();
        return new StepFigures(
                name,
                times.count(),
                times.sum(),
                times.at(50),
                times.at(95),
                budgetMillis,
                overBudgetMillis,
                cached,
                coalesced);
    }
}
