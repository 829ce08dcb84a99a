package dev.headstream.loadgen.offender;

import java.util.Arrays;
import java.util.Collection;

/** Exact percentiles by the nearest-rank method: always a value that was measured. Immutable. */
public final class Percentiles {
    private final long[] sorted;

    private Percentiles(long[] sorted) {
        this.sorted = sorted;
    }

    /** Of these values, in any order. */
    public static Percentiles of(Collection<Long> values) {
        long[] sorted = values.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return new Percentiles(sorted);
    }

    /** The smallest value that at least this percentage of all values do not exceed; 0 if there are none. */
    public long at(double percentage) {
        if (!(percentage > 0 && percentage <= 100)) {
            throw new IllegalArgumentException("a percentage is above 0 and at most 100, not " + percentage);
        }
        if (sorted.length == 0) {
            return 0;
        }
        int rank = (int) Math.ceil(percentage / 100 * sorted.length);
        return sorted[rank - 1];
    }

    /** Their mean; 0 if there are none. */
    public double average() {
        return Arrays.stream(sorted).average().orElse(0);
    }

    /** All together. */
    public long sum() {
        return Arrays.stream(sorted).sum();
    }

    /** How many there are. */
    public int count() {
        return sorted.length;
    }
}
