package dev.headstream.worker.run;

import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobError;
import dev.headstream.worker.browser.BrowserFailureException;
import dev.headstream.worker.flow.Effect;
import dev.headstream.worker.flow.Step;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Makes the outcome of a job of what its run failed of. Confined to the lane's thread. */
final class Verdicts {
    private static final Duration LEAST_FOR_AN_ATTEMPT = Duration.ofSeconds(1);
    private static final int MAX_MESSAGE_LENGTH = 2_000;

    private final FlowRun run;

    Verdicts(FlowRun run) {
        this.run = run;
    }

    Outcome failed(FailureKind kind, String message, @Nullable String step, boolean retryable) {
        run.picture(step, kind);
        return new Outcome.Failed(error(kind, message, step), retryable, run.trace());
    }

    Outcome timedOut(FailureKind kind, String message, Step step) {
        run.picture(step.name(), kind);
        boolean retryable = kind == FailureKind.JOB_TIMEOUT ? hasTimeForAnotherAttempt() : kind.isRetryable();
        return new Outcome.TimedOut(error(kind, message, step.name()), retryable, run.trace());
    }

    /** The event's deadline is final; the limit of one attempt, which its flow sets, is not. */
    private boolean hasTimeForAnotherAttempt() {
        Instant deadline = run.job().deadline();
        return deadline == null
                || deadline.minus(LEAST_FOR_AN_ATTEMPT)
                        .isAfter(run.runner().clock().instant());
    }

    Outcome interrupted(String reason) {
        return new Outcome.Interrupted(run.masked().text(reason), run.trace());
    }

    private JobError error(FailureKind kind, String message, @Nullable String step) {
        String text = run.masked().text((step == null ? "" : "step '" + step + "', ") + message);
        String cut = text.length() > MAX_MESSAGE_LENGTH ? text.substring(0, MAX_MESSAGE_LENGTH) + "..." : text;
        return new JobError(kind.code(), cut, step);
    }

    /** @param jobIsTighter whether the step had what was left of the job's time, and not its own */
    Outcome of(StepFailureException e, Step step, boolean jobIsTighter) {
        return unsettledOr(step, failure(e, step, jobIsTighter));
    }

    private Outcome failure(StepFailureException e, Step step, boolean jobIsTighter) {
        boolean outOfTime = e.kind() == FailureKind.ACTION_TIMEOUT || e.kind() == FailureKind.SELECTOR_NOT_FOUND;
        if (outOfTime && jobIsTighter && run.timeLeft().toMillis() < 1_000) {
            return timedOut(FailureKind.JOB_TIMEOUT, e.text(), step);
        }
        boolean maybeStale = run.login().isMaybeStale() && e.kind() != FailureKind.SECRET_MISSING;
        return failed(e.kind(), e.text(), step.name(), e.kind().isRetryable() || maybeStale);
    }

    Outcome of(BrowserFailureException e, Step step) {
        return e.kind() == BrowserFailureException.Kind.PAGE_CRASHED
                ? unsettledOr(step, failed(FailureKind.PAGE_CRASHED, String.valueOf(e.getMessage()), step.name(), true))
                : interrupted("in step '" + step.name() + "': " + e.getMessage());
    }

    /** A step that must run once and failed on its way may have taken effect: only a person can tell. */
    Outcome unsettledOr(Step step, Outcome outcome) {
        if (step.effect() != Effect.ONCE) {
            return outcome;
        }
        JobError cause = outcome instanceof Outcome.Failed failed
                ? failed.error()
                : outcome instanceof Outcome.TimedOut timedOut ? timedOut.error() : null;
        return cause == null
                ? outcome
                : new Outcome.Failed(
                        new JobError(
                                FailureKind.UNCERTAIN.code(),
                                cause.getMessage() + " [" + cause.getKind() + "]. The step must run once and had begun:"
                                        + " see on the site whether it took effect",
                                step.name()),
                        false,
                        run.trace());
    }
}
