package dev.headstream.loadgen.bench.pipeline;

/**
 * What it costs a worker to take over a partition with a long journal. The field names are those of the JSON report.
 *
 * @param markers marks of finished jobs in the partition's journal
 * @param remembered those that the worker says it remembers
 * @param restoreSeconds from the assignment until jobs may be fetched, as the worker measures it
 * @param startToResultSeconds from the start of the worker's process to the result of a job that waited for it
 * @param heapPeakMegabytes the most that its heap held at any time, garbage included
 * @param heapLiveMegabytes the least that was left by a collection after the restore
 * @param pssBytes memory of the whole process afterwards
 * @param cpuSeconds processor time of the process in all
 * @param deduplicated events with the id of a marker that were recognised, of those that were sent
 */
public record RestoreFigures(
        int markers,
        long remembered,
        double restoreSeconds,
        double startToResultSeconds,
        int heapPeakMegabytes,
        int heapLiveMegabytes,
        long pssBytes,
        double cpuSeconds,
        long deduplicated) {}
