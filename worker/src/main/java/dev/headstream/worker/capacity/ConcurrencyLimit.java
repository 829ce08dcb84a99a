package dev.headstream.worker.capacity;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.ToDoubleFunction;

/**
 * Finds the number of contexts that memory and CPU can carry, by additive increase and multiplicative decrease as TCP
 * does (Chiu and Jain, 1989): p95 of memory above the soft limit halves it (rounded up), a calm window adds one.
 *
 * <ul>
 *   <li><b>Memory.</b> Contexts free their memory only when their jobs end, so a cut is judged by nothing that was
 *       measured before it took effect; otherwise one peak would cut again and again down to the floor. What is halved
 *       is what was in use, because halving an allowance that nobody uses changes nothing.
 *   <li><b>CPU.</b> Full use of the CPU is no fault as long as steps do not get slower for it. If they do, one is taken
 *       away, never going below one context a CPU.
 *   <li><b>Calm.</b> One is added only if all are in use (an unused allowance proves nothing), and four times as slowly
 *       where the last cut came from, so that the limit rests below that point instead of swinging through it.
 * </ul>
 *
 * <p>Pure: samples in, limit out; time is counted in samples. Confined to one thread.
 */
final class ConcurrencyLimit {
    /** Samples that p95 is taken of; of fewer it is taken while there are no more. */
    private static final int WINDOW = 20;

    private static final int ENOUGH_TO_CUT = 3;
    private static final int ENOUGH_FOR_CPU = 10;
    private static final int CALM = 10;
    private static final int CALM_NEAR_LAST_CUT = 40;
    /** Samples after which a cut is judged even though jobs still hold more contexts than allowed. */
    private static final int PATIENCE = 30;

    /** Memory is calm below this part of the soft limit; between the two nothing changes. */
    private static final double CALM_PART = 0.9;

    private static final double CPU_SATURATED = 0.95;
    private static final double SLOWED = 1.5;
    private static final double SLIGHTLY_SLOWED = 1.2;

    /**
     * Bounds.
     *
     * @param max the cap
     * @param cpus the limit is not cut below this because of CPU
     * @param soft share of the memory limit
     */
    record Bounds(int max, int cpus, double soft) {
        Bounds {
            if (max < 1 || cpus < 1 || soft <= 0 || soft >= 1) {
                throw new IllegalArgumentException("no bounds: max " + max + ", cpus " + cpus + ", soft " + soft);
            }
        }
    }

    /**
     * One observation.
     *
     * @param memory used share of the memory limit
     * @param cpu used share of the CPU
     * @param slowdown how many times longer steps take than they usually do; 1 if nothing is known
     * @param inUse contexts that have a job
     */
    record Sample(double memory, double cpu, double slowdown, int inUse) {}

    /** Why the limit is what it is. */
    enum Reason {
        STEADY,
        MEMORY,
        /** Most of a window is above the soft limit with the fewest contexts there can be: they are not to blame. */
        MEMORY_AT_FLOOR,
        CPU,
        CALM
    }

    /** What follows from a sample. */
    record Decision(int limit, Reason reason) {}

    private static final int MIN = 1;

    private final Bounds bounds;
    private final Deque<Sample> window = new ArrayDeque<>();
    private int limit;
    private int calmSamples;
    private int lastCutFrom;
    private boolean cutPending;
    private int samplesSinceCut;

    ConcurrencyLimit(Bounds bounds) {
        this.bounds = bounds;
        this.limit = bounds.max;
        this.lastCutFrom = bounds.max + 1;
    }

    int limit() {
        return limit;
    }

    Decision accept(Sample sample) {
        if (cutPending && !tookEffect(sample)) {
            return new Decision(limit, Reason.STEADY);
        }
        window.addLast(sample);
        if (window.size() > WINDOW) {
            window.removeFirst();
        }
        boolean high = quantile(0.95, Sample::memory) > bounds.soft;
        if (high && limit > MIN && window.size() >= ENOUGH_TO_CUT) {
            return cut(Math.max(MIN, (contested() + 1) / 2), Reason.MEMORY);
        }
        if (limit == MIN && window.size() == WINDOW && quantile(0.5, Sample::memory) > bounds.soft) {
            return atFloor();
        }
        boolean saturated = mean(Sample::cpu) >= CPU_SATURATED;
        double slowdown = mean(Sample::slowdown);
        int cpuFloor = Math.min(bounds.max, bounds.cpus);
        if (window.size() >= ENOUGH_FOR_CPU && saturated && slowdown >= SLOWED && limit > cpuFloor) {
            return cut(Math.max(cpuFloor, contested() - 1), Reason.CPU);
        }
        boolean calm = sample.memory < CALM_PART * bounds.soft && !(saturated && slowdown >= SLIGHTLY_SLOWED);
        calmSamples = calm ? calmSamples + 1 : 0;
        return grow();
    }

    /** Goes to the floor at once, whatever the window says. */
    Decision collapse() {
        return cut(MIN, Reason.MEMORY);
    }

    private boolean tookEffect(Sample sample) {
        samplesSinceCut++;
        cutPending = sample.inUse > limit && samplesSinceCut < PATIENCE;
        return !cutPending;
    }

    private Decision grow() {
        int needed = limit + 1 >= lastCutFrom ? CALM_NEAR_LAST_CUT : CALM;
        boolean allUsed = window.stream().anyMatch(sample -> sample.inUse >= limit);
        if (limit >= bounds.max || !allUsed || calmSamples < needed) {
            return new Decision(limit, Reason.STEADY);
        }
        if (limit >= lastCutFrom) {
            lastCutFrom = bounds.max + 1; // it is calm where it once was not: the mark is out of date
        }
        limit++;
        restart();
        return new Decision(limit, Reason.CALM);
    }

    private Decision cut(int to, Reason reason) {
        if (to < limit) {
            lastCutFrom = Math.max(MIN, contested());
            limit = to;
        }
        cutPending = true;
        samplesSinceCut = 0;
        restart();
        return new Decision(limit, reason);
    }

    private Decision atFloor() {
        restart();
        return new Decision(limit, Reason.MEMORY_AT_FLOOR);
    }

    private void restart() {
        window.clear();
        calmSamples = 0;
    }

    /** The number of contexts that the window speaks of: those in use, as far as they are allowed. */
    private int contested() {
        int used = window.stream().mapToInt(Sample::inUse).max().orElse(limit);
        return Math.min(limit, used);
    }

    /** The nearest lower rank, so that a single outlier never decides, however short the window. */
    private double quantile(double part, ToDoubleFunction<Sample> figure) {
        double[] sorted = window.stream().mapToDouble(figure).sorted().toArray();
        return sorted[(int) (part * (sorted.length - 1))];
    }

    private double mean(ToDoubleFunction<Sample> figure) {
        return window.stream().mapToDouble(figure).average().orElse(0);
    }
}
