package dev.headstream.loadgen.bench.pipeline;

import java.util.Random;
import java.util.stream.IntStream;

/**
 * The work of a phase.
 *
 * @param id its name in reports
 * @param workMillis what each event asks for, in the order in which they are sent
 * @param perSecond how many events are sent a second; 0 for all at once, to be worked off
 */
@SuppressWarnings("ArrayRecordComponent") // made here, compared nowhere
record Workload(String id, int[] workMillis, int perSecond) {
    static final String NO_OP = "no-op";
    static final String FIXED = "10ms";
    static final String LOG_NORMAL = "log-normal";
    static final String OPEN_LOOP = "open-loop";

    private static final int MEDIAN_MILLIS = 10;
    private static final double SIGMA = 0.8;
    private static final int LONGEST_MILLIS = 500;

    static Workload noOp(int records) {
        return new Workload(NO_OP, new int[records], 0);
    }

    static Workload fixed(int records) {
        return new Workload(
                FIXED, IntStream.generate(() -> MEDIAN_MILLIS).limit(records).toArray(), 0);
    }

    /** Most jobs are short and a few are long, as with browsers. */
    static Workload logNormal(int records, long seed) {
        Random random = new Random(seed);
        int[] millis = IntStream.generate(() -> (int)
                        Math.min(LONGEST_MILLIS, Math.round(MEDIAN_MILLIS * Math.exp(SIGMA * random.nextGaussian()))))
                .limit(records)
                .toArray();
        return new Workload(LOG_NORMAL, millis, 0);
    }

    /** Events at times of their own, whether or not anybody keeps up: what a single job waits for nothing. */
    static Workload openLoop(int perSecond, int seconds, int millis) {
        return new Workload(
                OPEN_LOOP,
                IntStream.generate(() -> millis)
                        .limit((long) perSecond * seconds)
                        .toArray(),
                perSecond);
    }

    int records() {
        return workMillis.length;
    }

    /** All work together. */
    long totalMillis() {
        return IntStream.of(workMillis).asLongStream().sum();
    }

    boolean isOpenLoop() {
        return perSecond > 0;
    }
}
