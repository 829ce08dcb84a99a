package dev.headstream.loadgen.demo;

import dev.headstream.loadgen.offender.Percentiles;
import dev.headstream.loadgen.offender.StepTally;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import dev.headstream.v1.StepReport;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The results of one run as they were read, and what follows from them. Confined to one thread. */
final class DemoResults {
    private final Map<String, Integer> resultsByJob = new HashMap<>();
    private final Map<JobStatus, Long> byStatus = new EnumMap<>(JobStatus.class);
    private final Map<String, StepTally> steps = new LinkedHashMap<>();
    private final List<Long> runMillis = new ArrayList<>();
    private final List<JobResult> unsuccessful = new ArrayList<>();
    private long records;
    private long firstStartMillis = Long.MAX_VALUE;
    private long lastEndMillis;

    /** Takes a result of this run. Only the first one of a job counts for times and status. */
    void add(JobResult result) {
        records++;
        if (resultsByJob.merge(result.getJobId(), 1, Integer::sum) > 1) {
            return;
        }
        byStatus.merge(result.getStatus(), 1L, Long::sum);
        runMillis.add(result.getRunMillis());
        if (result.getStatus() != JobStatus.SUCCEEDED) {
            unsuccessful.add(result);
        }
        for (StepReport step : result.getSteps()) {
            steps.computeIfAbsent(step.getName(), name -> new StepTally(step.getBudgetMillis()))
                    .add(step);
        }
        long completed = result.getCompletedAt().toEpochMilli();
        long started = result.getSteps().isEmpty()
                ? completed - result.getRunMillis()
                : result.getSteps().get(0).getStartedAt().toEpochMilli();
        firstStartMillis = Math.min(firstStartMillis, started);
        lastEndMillis = Math.max(lastEndMillis, completed);
    }

    /** Jobs with at least one result. */
    int jobs() {
        return resultsByJob.size();
    }

    /** All records, duplicates included. */
    long records() {
        return records;
    }

    /** Records beyond the first of each job. */
    long duplicates() {
        return records - resultsByJob.size();
    }

    /** Jobs whose result is not SUCCEEDED. */
    long failed() {
        return unsuccessful.size();
    }

    List<JobResult> unsuccessful() {
        return List.copyOf(unsuccessful);
    }

    Map<JobStatus, Long> byStatus() {
        return new EnumMap<>(byStatus);
    }

    /** Times in a browser context, over all attempts of a job. */
    Percentiles runTimes() {
        return Percentiles.of(runMillis);
    }

    Map<String, StepTally> steps() {
        return new LinkedHashMap<>(steps);
    }

    /** When the first job was started, in milliseconds since the epoch; meaningless without results. */
    long firstStartMillis() {
        return firstStartMillis;
    }

    /** From the start of the first job to the end of the last. */
    long spanMillis() {
        return resultsByJob.isEmpty() ? 0 : Math.max(1, lastEndMillis - firstStartMillis);
    }
}
