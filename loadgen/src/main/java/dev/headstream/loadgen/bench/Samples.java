package dev.headstream.loadgen.bench;

import java.util.Arrays;
import java.util.Collection;

/** Statistics of few samples. */
public final class Samples {
    private Samples() {}

    /** The value that at least {@code share} (above 0, at most 1) of the samples do not exceed; 0 if there are none. */
    public static long quantile(Collection<Long> samples, double share) {
        long[] sorted = samples.stream().mapToLong(Long::longValue).sorted().toArray();
        if (sorted.length == 0) {
            return 0;
        }
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.max(0, Math.min(sorted.length, rank) - 1)];
    }

    /** The middle value, the mean of the two middle ones if their number is even; not a number if there are none. */
    public static double median(double... samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
