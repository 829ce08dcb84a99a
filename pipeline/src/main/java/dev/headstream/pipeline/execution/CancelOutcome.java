package dev.headstream.pipeline.execution;

import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobError;
import java.util.Optional;

/**
 * What a cancel makes of a job. It decides only what is not decided: a job that ended by itself at the same moment keeps
 * its own result.
 */
public final class CancelOutcome {
    private CancelOutcome() {}

    /**
     * The end of a job that somebody asked not to be done; empty if nobody has. A cancel never hides an unsafe step
     * whose end is not known: that is for a person to settle, as without a cancel.
     *
     * @param trace what its last attempt did
     */
    public static Optional<Outcome> of(Execution execution, Outcome.Trace trace) {
        return execution.cancelReason().map(reason -> {
            String unsettled = execution.intent();
            return unsettled == null
                    ? new Outcome.Cancelled(reason, trace)
                    : new Outcome.Failed(uncertain(unsettled, reason), false, trace);
        });
    }

    private static JobError uncertain(String step, String reason) {
        return new JobError(
                "UNCERTAIN",
                "cancelled (" + reason + ") when step '" + step + "', which must run once, had begun: see on the site"
                        + " whether it took effect",
                step);
    }
}
