package dev.headstream.worker.command;

import java.util.List;

/**
 * What a number of runs came to.
 *
 * @param failed runs that did not succeed
 * @param wallMillis from the first start to the last end, without the browser's start
 * @param jobsPerSecond of all runs, failed ones too
 * @param jobMillis of each run, in the order in which they ended
 * @param pssPeakBytes the most memory that this process and all below it used at a time, 0 where it cannot be measured
 */
record RunReport(
        int jobs,
        int failed,
        long wallMillis,
        long p50Millis,
        long p95Millis,
        double jobsPerSecond,
        List<Long> jobMillis,
        long pssPeakBytes) {

    RunReport {
        jobMillis = List.copyOf(jobMillis);
    }

    static RunReport of(List<Long> jobMillis, int failed, long wallMillis, long pssPeakBytes) {
        List<Long> sorted = jobMillis.stream().sorted().toList();
        return new RunReport(
                jobMillis.size(),
                failed,
                wallMillis,
                percentile(sorted, 50),
                percentile(sorted, 95),
                Math.round(jobMillis.size() * 1_000_000.0 / Math.max(1, wallMillis)) / 1_000.0,
                jobMillis,
                pssPeakBytes);
    }

    /** The nearest rank: the smallest value that so many percent do not exceed. */
    private static long percentile(List<Long> sorted, int percent) {
        int rank = (int) Math.ceil(sorted.size() * percent / 100.0);
        return sorted.isEmpty() ? 0 : sorted.get(Math.max(0, rank - 1));
    }
}
