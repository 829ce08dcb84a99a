package dev.headstream.pipeline.execution;

import dev.headstream.pipeline.Outcome;
import java.util.Optional;

/**
 * What a cancel makes of a job. It decides only what is not decided: a job that ended by itself at the same moment keeps
 * its own result.
 */
public final class CancelOutcome {
    private CancelOutcome() {}

    /**
     * The end of a job that somebody asked not to be done; empty if nobody has.
     *
     * @param trace what its last attempt did
     */
    public static Optional<Outcome> of(Execution execution, Outcome.Trace trace) {
        return execution.cancelReason().map(reason -> new Outcome.Cancelled(reason, trace));
    }
}
