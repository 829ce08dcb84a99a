package dev.headstream.loadgen.results;

import dev.headstream.v1.Artifact;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import dev.headstream.v1.SourcePosition;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import java.time.Instant;
import java.util.List;

/** Results to show and to count in tests. */
public final class SampleResults {
    public static final Instant COMPLETED = Instant.parse("2026-01-31T09:00:10Z");

    private SampleResults() {}

    /** A job that succeeded in a search of this duration, completed at {@link #COMPLETED}. */
    public static JobResult succeeded(String jobId, long searchMillis) {
        return builder(jobId, JobStatus.SUCCEEDED, searchMillis, StepOutcome.RAN)
                .setOutputJson("{\"hits\":[{\"title\":\"Oak lamp\"}],\"total\":\"12.50\"}")
                .build();
    }

    /** A job that failed in its search. */
    public static JobResult failed(String jobId) {
        return builder(jobId, JobStatus.FAILED, 15_000, StepOutcome.FAILED)
                .setError(new JobError("ACTION_TIMEOUT", "waitFor #results li: nothing after 15 s", "search"))
                .setAttempts(3)
                .build();
    }

    private static JobResult.Builder builder(String jobId, JobStatus status, long searchMillis, StepOutcome outcome) {
        return JobResult.newBuilder()
                .setJobId(jobId)
                .setExecutionId(jobId)
                .setReplayId(null)
                .setFlow("catalog-search")
                .setFlowVersion(1)
                .setStatus(status)
                .setOutputJson(null)
                .setError(null)
                .setAttempts(1)
                .setSteps(List.of(
                        new StepReport("search", outcome, COMPLETED.minusMillis(searchMillis), searchMillis, 8_000L)))
                .setQueuedMillis(250)
                .setRunMillis(searchMillis)
                .setSource(new SourcePosition("headstream.jobs", 3, 42L))
                .setWorker("w-1")
                .setArtifacts(List.of(new Artifact("page", "file:/tmp/page.png", "image/png", 1_234L)))
                .setCompletedAt(COMPLETED);
    }
}
