package dev.headstream.pipeline.execution;

import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import dev.headstream.v1.SourcePosition;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Makes the terminal record of an execution. */
final class Results {
    private final String worker;

    Results(String worker) {
        this.worker = worker;
    }

    /** The result for an outcome that ends the job. */
    JobResult of(Execution execution, Outcome outcome, int flowVersion, Instant now) {
        JobResult.Builder result = base(execution, now)
                .setStatus(status(outcome))
                .setError(error(outcome))
                .setFlowVersion(
                        outcome.trace().flowVersion() == 0
                                ? flowVersion
                                : outcome.trace().flowVersion())
                .setSteps(outcome.trace().steps())
                .setArtifacts(outcome.trace().artifacts());
        if (outcome instanceof Outcome.Succeeded succeeded) {
            result.setOutputJson(succeeded.outputJson());
        }
        return result.build();
    }

    /** The result instead of one that cannot be written: no outputs, no steps, and the reason. */
    JobResult insteadOf(Execution execution, int flowVersion, String kind, String message, Instant now) {
        return base(execution, now)
                .setStatus(JobStatus.FAILED)
                .setError(new JobError(kind, message, null))
                .setFlowVersion(flowVersion)
                .build();
    }

    private JobResult.Builder base(Execution execution, Instant now) {
        return JobResult.newBuilder()
                .setJobId(execution.request().getJobId())
                .setExecutionId(execution.id())
                .setReplayId(execution.replayId())
                .setFlow(execution.request().getFlow())
                .setAttempts(execution.attempts())
                .setQueuedMillis(Math.max(0, execution.queued().toMillis()))
                .setRunMillis(execution.ran().toMillis())
                .setSource(new SourcePosition(
                        execution.event().partition().topic(),
                        execution.event().partition().partition(),
                        execution.event().offset()))
                .setWorker(worker)
                .setCompletedAt(now);
    }

    private static JobStatus status(Outcome outcome) {
        if (outcome instanceof Outcome.Succeeded) {
            return JobStatus.SUCCEEDED;
        }
        if (outcome instanceof Outcome.TimedOut) {
            return JobStatus.TIMED_OUT;
        }
        if (outcome instanceof Outcome.Cancelled) {
            return JobStatus.CANCELLED;
        }
        return outcome instanceof Outcome.Rejected ? JobStatus.REJECTED : JobStatus.FAILED;
    }

    private static @Nullable JobError error(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            return failed.error();
        }
        if (outcome instanceof Outcome.TimedOut timedOut) {
            return timedOut.error();
        }
        if (outcome instanceof Outcome.Cancelled cancelled) {
            return new JobError("CANCELLED", cancelled.reason(), null);
        }
        if (outcome instanceof Outcome.Rejected rejected) {
            return new JobError("REJECTED", String.join("; ", rejected.problems()), null);
        }
        if (outcome instanceof Outcome.Interrupted interrupted) {
            return new JobError("INTERRUPTED", interrupted.reason(), null);
        }
        return null;
    }
}
