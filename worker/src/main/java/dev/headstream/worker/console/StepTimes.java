package dev.headstream.worker.console;

import dev.headstream.pipeline.metrics.KnownFlows;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long each step took the last times. Exact, where a histogram would only know the bucket; of so few that it follows
 * what happens now. Bounded by the steps of the loaded flows; thread-safe.
 */
final class StepTimes {
    /** Enough for a p95 of which a dozen calls are above. */
    static final int KEPT = 256;

    private final KnownFlows flows;
    private final Map<Name, Ring> rings = new ConcurrentHashMap<>();

    StepTimes(KnownFlows flows) {
        this.flows = flows;
    }

    /** Which step of which flow. */
    record Name(String flow, String step) {}

    /** Percentiles by nearest rank, in milliseconds; {@code budgetMillis} is 0 without one. */
    record Times(long p50Millis, long p95Millis, long budgetMillis, int of) {}

    /** Takes what an attempt did. A step that was passed over took no time now, whatever it took once. */
    void add(String flow, Collection<StepReport> steps) {
        for (StepReport step : steps) {
            boolean passedOver = step.getOutcome() == StepOutcome.RESUMED || step.getOutcome() == StepOutcome.SKIPPED;
            if (!passedOver) {
                rings.computeIfAbsent(
                                new Name(flows.flowTag(flow), flows.stepTag(flow, step.getName())), name -> new Ring())
                        .add(step.getDurationMillis(), step.getBudgetMillis());
            }
        }
    }

    Optional<Times> of(Name name) {
        return Optional.ofNullable(rings.get(name)).map(Ring::times);
    }

    private static final class Ring {
        private final long[] millis = new long[KEPT];
        private int next;
        private int filled;
        private long budget;

        synchronized void add(long took, long budgetMillis) {
            millis[next] = took;
            next = (next + 1) % KEPT;
            filled = Math.min(KEPT, filled + 1);
            budget = budgetMillis;
        }

        synchronized Times times() {
            long[] sorted = Arrays.copyOf(millis, filled);
            Arrays.sort(sorted);
            return new Times(at(sorted, 0.5), at(sorted, 0.95), budget, filled);
        }

        private static long at(long[] sorted, double part) {
            return sorted[Math.max(0, (int) Math.ceil(part * sorted.length) - 1)];
        }
    }
}
