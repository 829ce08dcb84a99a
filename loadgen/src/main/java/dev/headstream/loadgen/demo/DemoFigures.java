package dev.headstream.loadgen.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headstream.loadgen.offender.Capacity;
import dev.headstream.loadgen.offender.Percentiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run comes to. The names of the components are those of the JSON file, and stay.
 *
 * @param jobs sent
 * @param results records read back with {@code read_committed}, duplicates included
 * @param duplicates records beyond the first of each job
 * @param missing jobs without a result
 * @param failed jobs whose result is not SUCCEEDED
 * @param byStatus jobs by the status of their result
 * @param wallSeconds from the start of the worker's process to the last result
 * @param jobsPerHour measured from the start of the first job to the end of the last
 * @param possibleJobsPerHour {@code contexts x 3600 / average job seconds}: without pauses between jobs
 * @param p50Millis median time of a job in a browser context
 * @param p95Millis 95th percentile of the same
 * @param pssPeakBytes the most memory that the worker's processes used at the same time; 0 if it was not told
 * @param pssPeakByProcess the most memory of each kind of process
 * @param contexts the most jobs at the same time
 * @param workerStartMillis from the start of the worker's process to the start of the first job
 * @param workerRestarts how often the worker had to be started again
 */
record DemoFigures(
        String run,
        long jobs,
        long results,
        long duplicates,
        long missing,
        long failed,
        Map<String, Long> byStatus,
        double wallSeconds,
        long jobsPerHour,
        long possibleJobsPerHour,
        long p50Millis,
        long p95Millis,
        long pssPeakBytes,
        Map<String, Long> pssPeakByProcess,
        int contexts,
        long workerStartMillis,
        int workerRestarts,
        List<Step> steps) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MILLIS_AN_HOUR = 3_600_000;

    DemoFigures {
        byStatus = new TreeMap<>(byStatus);
        pssPeakByProcess = new TreeMap<>(pssPeakByProcess);
        steps = List.copyOf(steps);
    }

    /**
     * One step over all jobs.
     *
     * @param share of the time of all steps, 0 to 1
     * @param reused how often its outputs came from a cache or a checkpoint
     */
    record Step(String name, long count, long p50Millis, long p95Millis, long budgetMillis, double share, long reused) {
        boolean isOverBudget() {
            return budgetMillis > 0 && p95Millis > budgetMillis;
        }
    }

    /** What stands beside the results of a run. */
    record Run(String id, long jobs, int contexts, long workerStartedMillis, double wallSeconds, int workerRestarts) {}

    static DemoFigures of(Run run, DemoResults results, long pssPeakBytes, Map<String, Long> pssPeakByProcess) {
        Percentiles times = results.runTimes();
        Map<String, Long> byStatus = new TreeMap<>();
        results.byStatus().forEach((status, count) -> byStatus.put(status.name(), count));
        boolean any = results.jobs() > 0;
        return new DemoFigures(
                run.id(),
                run.jobs(),
                results.records(),
                results.duplicates(),
                run.jobs() - results.jobs(),
                results.failed(),
                byStatus,
                run.wallSeconds(),
                any ? results.jobs() * MILLIS_AN_HOUR / results.spanMillis() : 0,
                new Capacity(run.contexts(), times.average()).jobsPerHour(),
                any ? times.at(50) : 0,
                any ? times.at(95) : 0,
                pssPeakBytes,
                pssPeakByProcess,
                run.contexts(),
                any ? Math.max(0, results.firstStartMillis() - run.workerStartedMillis()) : 0,
                run.workerRestarts(),
                steps(results));
    }

    /** Whether every job has exactly one result, and that is SUCCEEDED. */
    boolean passed() {
        return missing == 0 && duplicates == 0 && failed == 0;
    }

    /** Writes the figures as JSON. */
    void write(Path file) throws IOException {
        ObjectNode node = JSON.createObjectNode();
        node.put("run", run)
                .put("passed", passed())
                .put("jobs", jobs)
                .put("results", results)
                .put("duplicates", duplicates)
                .put("missing", missing)
                .put("failed", failed)
                .put("wallSeconds", Math.round(wallSeconds * 1000) / 1000.0)
                .put("jobsPerHour", jobsPerHour)
                .put("possibleJobsPerHour", possibleJobsPerHour)
                .put("p50Millis", p50Millis)
                .put("p95Millis", p95Millis)
                .put("pssPeakBytes", pssPeakBytes)
                .put("contexts", contexts)
                .put("workerStartMillis", workerStartMillis)
                .put("workerRestarts", workerRestarts);
        byStatus.forEach(node.putObject("byStatus")::put);
        pssPeakByProcess.forEach(node.putObject("pssPeakByProcess")::put);
        ArrayNode list = node.putArray("steps");
        for (Step step : steps) {
            list.addObject()
                    .put("name", step.name())
                    .put("count", step.count())
                    .put("p50Millis", step.p50Millis())
                    .put("p95Millis", step.p95Millis())
                    .put("budgetMillis", step.budgetMillis())
                    .put("share", Math.round(step.share() * 1000) / 1000.0)
                    .put("reused", step.reused());
        }
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n");
    }

    private static List<Step> steps(DemoResults results) {
        Map<String, Percentiles> times = new LinkedHashMap<>();
        results.steps().forEach((name, step) -> times.put(name, step.times()));
        long all =
                Math.max(1, times.values().stream().mapToLong(Percentiles::sum).sum());
        return results.steps().entrySet().stream()
                .map(entry -> {
                    Percentiles step = entry.getValue().times();
                    return new Step(
                            entry.getKey(),
                            step.count(),
                            step.at(50),
                            step.at(95),
                            entry.getValue().budgetMillis(),
                            (double) step.sum() / all,
                            entry.getValue().reused());
                })
                .toList();
    }
}
