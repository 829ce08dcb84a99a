package dev.headstream.loadgen.bench;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import dev.headstream.v1.StepReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One arm. The names of the components are those of the JSON file, and stay.
 *
 * @param arm which
 * @param stepsPerSecond steps that jobs were done with, spared ones included
 * @param jobsPerHour up to the end of the last job that ended in time
 * @param searchP95Millis of the step that searches, whatever it took
 * @param jobP95Millis time of a job in its context
 * @param jobs how many ended
 * @param failed how many of them did not succeed
 * @param stepMillis times of each step, for a baseline
 */
@JsonPropertyOrder({"arm", "stepsPerSecond", "jobsPerHour", "searchP95Millis", "jobP95Millis", "jobs", "failed"})
public record StepsFigures(
        StepsArm arm,
        double stepsPerSecond,
        long jobsPerHour,
        long searchP95Millis,
        long jobP95Millis,
        long jobs,
        long failed,
        @JsonIgnore Map<String, List<Long>> stepMillis) {
    private static final String SEARCH = "search";

    /**
     * What jobs come to that ended after an instant.
     *
     * @param from from which on all jobs that ended are among the results
     */
    static StepsFigures of(StepsArm arm, Collection<JobResult> results, Instant from) {
        Map<String, List<Long>> steps = new TreeMap<>();
        List<Long> runs = new ArrayList<>();
        long last = 0;
        long failed = 0;
        for (JobResult result : results) {
            long end = result.getCompletedAt().toEpochMilli();
            last = Math.max(last, end);
            runs.add(result.getRunMillis());
            failed += result.getStatus() == JobStatus.SUCCEEDED ? 0 : 1;
            for (StepReport step : result.getSteps()) {
                steps.computeIfAbsent(step.getName(), name -> new ArrayList<>()).add(step.getDurationMillis());
            }
        }
        double seconds = results.isEmpty() ? 0 : Math.max(1, last - from.toEpochMilli()) / 1_000.0;
        long count = steps.values().stream().mapToLong(List::size).sum();
        return new StepsFigures(
                arm,
                seconds == 0 ? 0 : Math.round(count / seconds * 1_000) / 1_000.0,
                seconds == 0 ? 0 : Math.round(results.size() * 3_600 / seconds),
                Samples.quantile(steps.getOrDefault(SEARCH, List.of()), 0.95),
                Samples.quantile(runs, 0.95),
                results.size(),
                failed,
                steps);
    }
}
