package dev.headstream.pipeline.execution;

import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobError;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An unsafe step that began and whose end is not known. However the job ends otherwise (cancelled, too late, interrupted too
 * often, rejected since its flow has changed), its result must say so: it is for a person to settle.
 */
final class UnsettledStep {
    private static final String UNCERTAIN = "UNCERTAIN";
    /** What asks for a person already. */
    private static final Set<String> FOR_A_PERSON = Set.of(UNCERTAIN, "FLOW_CHANGED");

    private UnsettledStep() {}

    /** The outcome, or what it becomes if it would hide such a step. */
    static Outcome shown(Execution execution, Outcome outcome) {
        String step = execution.intent();
        String how = step == null ? null : hiding(outcome);
        if (step == null || how == null) {
            return outcome;
        }
        return new Outcome.Failed(
                new JobError(
                        UNCERTAIN,
                        how + " when step '" + step + "', which must run once, had begun: see on the site whether it"
                                + " took effect",
                        step),
                false,
                outcome.trace());
    }

    /** How a job ended that says nothing of its steps; null if it does: who ran them knows of the intent as well. */
    private static @Nullable String hiding(Outcome outcome) {
        if (outcome instanceof Outcome.Cancelled cancelled) {
            return "cancelled (" + cancelled.reason() + ")";
        }
        if (!outcome.trace().equals(Outcome.Trace.NONE)) {
            return null;
        }
        if (outcome instanceof Outcome.Rejected rejected) {
            return "rejected (" + String.join("; ", rejected.problems()) + ")";
        }
        JobError error = outcome instanceof Outcome.Failed failed
                ? failed.error()
                : outcome instanceof Outcome.TimedOut timedOut ? timedOut.error() : null;
        return error == null || FOR_A_PERSON.contains(error.getKind())
                ? null
                : "ended (" + error.getKind() + ": " + error.getMessage() + ")";
    }
}
