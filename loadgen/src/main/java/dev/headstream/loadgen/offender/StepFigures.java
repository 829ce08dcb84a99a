package dev.headstream.loadgen.offender;

/**
 * One step over many jobs.
 *
 * @param calls how often it was come to, whatever it took
 * @param millis of all calls together
 * @param budgetMillis its p95 target; 0 if it has none or none is known
 * @param overBudgetMillis what calls took beyond their budget, together
 * @param cached calls whose result was there
 * @param coalesced calls that got the result of another job's call
 */
public record StepFigures(
        Name name,
        long calls,
        long millis,
        long p50Millis,
        long p95Millis,
        long budgetMillis,
        long overBudgetMillis,
        long cached,
        long coalesced) {

    /** Which step of which flow. */
    public record Name(String flow, String step) {
        @Override
        public String toString() {
            return flow + " / " + step;
        }
    }

    boolean isOverBudget() {
        return budgetMillis > 0 && p95Millis > budgetMillis;
    }

    /** The share of calls that did not run the step because of a cache or another job. */
    double sparedShare() {
        return calls == 0 ? 0 : (double) (cached + coalesced) / calls;
    }
}
