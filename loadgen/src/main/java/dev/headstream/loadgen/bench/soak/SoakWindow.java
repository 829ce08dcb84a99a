package dev.headstream.loadgen.bench.soak;

import dev.headstream.loadgen.bench.Samples;
import java.util.List;

/**
 * Some jobs in a row.
 *
 * @param untilJob how many were done at its end, since the beginning of the soak
 * @param jobsPerSecond of wall time
 * @param p50Millis median of the jobs' time in a context
 * @param p95Millis what 95 of 100 of them did not exceed
 * @param pssBytes proportional set size of the worker's whole process tree, the median of its samples
 * @param pssPeakBytes the most of them
 */
public record SoakWindow(
        long untilJob, double jobsPerSecond, long p50Millis, long p95Millis, long pssBytes, long pssPeakBytes) {

    static SoakWindow of(long untilJob, List<Long> runMillis, List<Long> pssBytes, long tookNanos) {
        return new SoakWindow(
                untilJob,
                Math.round(runMillis.size() * 1e11 / tookNanos) / 100.0,
                Samples.quantile(runMillis, 0.5),
                Samples.quantile(runMillis, 0.95),
                Samples.quantile(pssBytes, 0.5),
                Samples.quantile(pssBytes, 1));
    }
}
