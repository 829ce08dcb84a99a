package dev.headstream.pipeline;

import dev.headstream.v1.Artifact;
import dev.headstream.v1.JobError;
import dev.headstream.v1.StepReport;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one attempt of a job ended. Everything but {@link Interrupted}, {@link Postponed} and a retryable {@link Failed} or
 * {@link TimedOut} is terminal: it becomes the job's one result.
 */
public sealed interface Outcome {

    /** What the attempt did before it ended. */
    Trace trace();

    /**
     * The steps and files of an attempt.
     *
     * @param flowVersion version of the flow that ran, 0 if none did
     * @param ran time in a browser context
     */
    record Trace(int flowVersion, List<StepReport> steps, List<Artifact> artifacts, Duration ran) {
        /** An attempt that never reached a browser context. */
        public static final Trace NONE = new Trace(0, List.of(), List.of(), Duration.ZERO);

        public Trace {
            steps = List.copyOf(steps);
            artifacts = List.copyOf(artifacts);
        }
    }

    /** All steps completed; {@code outputJson} is a JSON object, or null if the flow declares no outputs. */
    record Succeeded(@Nullable String outputJson, Trace trace) implements Outcome {}

    /** The job failed; {@code retryable} says whether another attempt may help. */
    record Failed(JobError error, boolean retryable, Trace trace) implements Outcome {}

    /** A deadline passed: the job's own is final, a step's may be retried. */
    record TimedOut(JobError error, boolean retryable, Trace trace) implements Outcome {}

    /** Somebody asked for the job not to be done. */
    record Cancelled(String reason, Trace trace) implements Outcome {}

    /** The job cannot run as it was asked for; every problem is named. */
    record Rejected(List<String> problems) implements Outcome {
        public Rejected {
            problems = List.copyOf(problems);
        }

        @Override
        public Trace trace() {
            return Trace.NONE;
        }
    }

    /**
     * The attempt did not begin: whoever runs jobs does not want this one now. It is tried again after the delay, holds
     * nothing meanwhile and counts for nothing.
     */
    record Postponed(String reason, Duration delay) implements Outcome {
        public Postponed {
            if (delay.isNegative()) {
                throw new IllegalArgumentException("a delay of " + delay.toMillis() + " ms: it must not be negative");
            }
        }

        @Override
        public Trace trace() {
            return Trace.NONE;
        }
    }

    /** The attempt ended through no fault of the job (browser or worker went away); it does not count as an attempt. */
    record Interrupted(String reason, Trace trace) implements Outcome {}
}
