package dev.headstream.pipeline.execution;

import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.pipeline.metrics.PipelineMetrics;
import dev.headstream.pipeline.retry.RetryPolicy;
import dev.headstream.pipeline.source.Lease;
import dev.headstream.pipeline.source.PolledEvent;
import dev.headstream.v1.JobError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Runs attempts, and decides in one place what an outcome means: another attempt later, or the job's one result.
 * Thread-safe.
 */
public final class Attempts {
    private static final Logger log = LoggerFactory.getLogger(Attempts.class);

    /** Past its own deadline a handler has this long to end before the attempt is given up. */
    private static final Duration HANDLER_GRACE = Duration.ofSeconds(15);

    /** Time for a poll to tell whose the partitions are. */
    private static final Duration DOUBT_DELAY = Duration.ofMillis(500);

    private final JobHandler handler;
    private final Executions executions;
    private final Settlement settlement;
    private final WaitingRoom waitingRoom;
    private final RetryPolicy retry;
    private final Duration jobTimeout;
    private final int maxWaiting;
    private final OwnershipCheck ownership;
    private final PipelineMetrics metrics;
    private final Clock clock;
    private final Scheduler timer;

    /** @param maxWaiting executions that may wait before the source is held back */
    public Attempts(
            JobHandler handler,
            Executions executions,
            Settlement settlement,
            WaitingRoom waitingRoom,
            RetryPolicy retry,
            Duration jobTimeout,
            int maxWaiting,
            Lease lease,
            PipelineMetrics metrics,
            Clock clock,
            Scheduler timer) {
        this.handler = handler;
        this.executions = executions;
        this.settlement = settlement;
        this.waitingRoom = waitingRoom;
        this.retry = retry;
        this.jobTimeout = jobTimeout;
        this.maxWaiting = maxWaiting;
        this.ownership = new OwnershipCheck(lease, settlement.checkpoints()::prove);
        this.metrics = metrics;
        this.clock = clock;
        this.timer = timer;
    }

    /** One attempt of an execution that may begin; completes when its context is free and there is room for results. */
    public Mono<Void> run(Execution execution) {
        return ownership
                .isOurs(execution)
                .flatMap(ours -> ours ? attempt(execution) : Mono.just(outOfTouch()))
                .takeUntilOther(execution.whenDropped())
                // Before the outcome goes on: the next job of the session may begin at once.
                .doOnTerminate(() -> executions.freeSession(execution).ifPresent(waitingRoom::release))
                .switchIfEmpty(Mono.fromRunnable(() -> executions.endAttempt(execution)))
                .flatMap(outcome -> settle(execution, outcome))
                .doOnCancel(() -> executions.endAttempt(execution));
    }

    /** The end of a job that was interrupted more often than chance allows. */
    public static Outcome interruptedTooOften(Execution execution, String last) {
        JobError error = new JobError(
                "INTERRUPTED",
                "interrupted " + execution.interruptions() + " times, taken for the cause of it; last: " + last,
                null);
        return new Outcome.Failed(error, false, Outcome.Trace.NONE);
    }

    /** Asks for a job not to be done: it ends at once if it waits, at its next step boundary if it runs. */
    public void cancel(Execution execution, String reason) {
        execution.cancel(reason);
        // Who takes it out of where it waits is the only one that may end it.
        if (waitingRoom.withdraw(execution) || executions.withdraw(execution)) {
            CancelOutcome.of(execution, Outcome.Trace.NONE)
                    .ifPresent(outcome -> settlement.finish(execution, outcome, flowVersion(execution)));
        }
    }

    private Mono<Outcome> attempt(Execution execution) {
        Optional<Outcome> cancelled = CancelOutcome.of(execution, Outcome.Trace.NONE);
        if (cancelled.isPresent()) {
            return Mono.just(cancelled.get());
        }
        Instant now = clock.instant();
        Instant deadline = deadline(execution);
        if (deadline != null && !deadline.isAfter(now)) {
            return Mono.just(new Outcome.TimedOut(
                    new JobError("DEADLINE_PASSED", "the deadline " + deadline + " passed before the job began", null),
                    false,
                    Outcome.Trace.NONE));
        }
        int number = execution.beginAttempt(now);
        if (!execution.completedSteps().isEmpty()) {
            metrics.checkpointResumed();
        }
        // So that a job which kills its worker is known for it; not waited for.
        settlement.checkpoints().begin(execution);
        JournaledProgress progress = new JournaledProgress(execution, ownership, settlement.checkpoints()::write);
        Duration queued = execution.queued();
        return handler.handle(job(execution, number, deadline, progress))
                .doOnNext(outcome -> {
                    if (number == 1 && !(outcome instanceof Outcome.Postponed) && !execution.isOutOfTouch()) {
                        metrics.jobStarted(queued);
                    }
                })
                .timeout(progress.whenBegun().then(Mono.delay(jobTimeout.plus(HANDLER_GRACE), timer)))
                .onErrorResume(failure -> Mono.just(unexpected(execution, failure)))
                .switchIfEmpty(Mono.fromSupplier(
                        () -> new Outcome.Interrupted("the handler ended without an outcome", Outcome.Trace.NONE)));
    }

    private static Outcome outOfTouch() {
        return new Outcome.Interrupted("the partition may be another worker's by now", Outcome.Trace.NONE);
    }

    /** A deadline says until when the live result is of use; a replay is asked for after that, knowingly. */
    private static @Nullable Instant deadline(Execution execution) {
        return execution.replayId() == null ? execution.request().getDeadline() : null;
    }

    private static Job job(Execution execution, int number, @Nullable Instant deadline, JobProgress progress) {
        PolledEvent event = execution.event();
        return new Job(
                execution.id(),
                execution.replayId(),
                execution.request(),
                new Job.Position(
                        event.partition().topic(), event.partition().partition(), event.offset(), event.timestamp()),
                number,
                deadline,
                progress);
    }

    private Outcome unexpected(Execution execution, Throwable failure) {
        if (failure instanceof TimeoutException) {
            return new Outcome.TimedOut(
                    new JobError("JOB_TIMEOUT", "no end within " + jobTimeout + " and the grace after it", null),
                    true,
                    Outcome.Trace.NONE);
        }
        log.error("handler failed jobId={}", execution.request().getJobId(), failure);
        return new Outcome.Interrupted("handler failed: " + failure, Outcome.Trace.NONE);
    }

    private Mono<Void> settle(Execution execution, Outcome outcome) {
        log.debug(
                "attempt ended jobId={} outcome={}",
                execution.id(),
                outcome.getClass().getSimpleName());
        execution.addRun(outcome.trace().ran());
        metrics.stepsEnded(execution.request().getFlow(), outcome.trace().steps());
        if (execution.isOutOfTouch() && (outcome instanceof Outcome.Interrupted || isTimeout(outcome))) {
            return inDoubt(execution, outcome);
        }
        if (outcome instanceof Outcome.Interrupted interrupted) {
            return interrupted(execution, interrupted);
        }
        if (outcome instanceof Outcome.Postponed postponed) {
            return postpone(execution, postponed);
        }
        return ended(execution, outcome);
    }

    private Mono<Void> ended(Execution execution, Outcome outcome) {
        if (isRetryable(outcome) && execution.attempts() < execution.request().getMaxAttempts()) {
            return CancelOutcome.of(execution, outcome.trace())
                    .map(cancelled -> finish(execution, cancelled))
                    .orElseGet(() -> retryLater(execution));
        }
        // The job's own end stands, whatever was asked for meanwhile.
        return finish(execution, outcome);
    }

    private Mono<Void> interrupted(Execution execution, Outcome.Interrupted outcome) {
        Optional<Outcome> cancelled = CancelOutcome.of(execution, outcome.trace());
        if (cancelled.isPresent()) {
            return finish(execution, cancelled.get());
        }
        if (execution.stopRequested()) {
            return stopped(execution);
        }
        int interruptions = execution.interrupted();
        if (interruptions > retry.maxInterruptions()) {
            return finish(execution, interruptedTooOften(execution, outcome.reason()));
        }
        metrics.jobInterrupted(execution.request().getFlow());
        return wait(execution, retry.delayAfter(interruptions, ThreadLocalRandom.current()));
    }

    /** Nobody could say whose the job is: it goes on from its last checkpoint, wherever it is at home by then. */
    private Mono<Void> inDoubt(Execution execution, Outcome outcome) {
        Optional<Outcome> cancelled = CancelOutcome.of(execution, outcome.trace());
        if (cancelled.isPresent()) {
            return finish(execution, cancelled.get());
        }
        if (execution.stopRequested()) {
            return stopped(execution);
        }
        execution.takeBack();
        return wait(execution, DOUBT_DELAY);
    }

    private static boolean isTimeout(Outcome outcome) {
        return outcome instanceof Outcome.TimedOut timedOut && timedOut.retryable();
    }

    /**
     * Asked to stop for a rebalance or a drain, which counts for nothing: whoever gets the partition resumes the job at its
     * last checkpoint.
     */
    private Mono<Void> stopped(Execution execution) {
        execution.stopped(clock.instant());
        var unused = settlement.checkpoints().write(execution, false);
        executions.endAttempt(execution);
        return Mono.empty();
    }

    /**
     * Waits as a retry does, but no longer than its deadline lets it: then it ends as one that never began. While so many
     * wait that they would soon hold back the jobs that can run, it counts as a failed attempt instead.
     */
    private Mono<Void> postpone(Execution execution, Outcome.Postponed postponed) {
        if (execution.stopRequested()) {
            return stopped(execution);
        }
        if (executions.waitingCount() > maxWaiting / 2) {
            return ended(
                    execution,
                    new Outcome.Failed(
                            new JobError("POSTPONED", postponed.reason() + ", and too many jobs wait already", null),
                            true,
                            Outcome.Trace.NONE));
        }
        Duration delay = postponed.delay();
        execution.postponed();
        Instant deadline = deadline(execution);
        Duration left = deadline == null ? delay : Duration.between(clock.instant(), deadline);
        return wait(execution, left.compareTo(delay) < 0 ? max(left, Duration.ZERO) : delay);
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private Mono<Void> retryLater(Execution execution) {
        Duration delay = retry.delayAfter(execution.attempts(), ThreadLocalRandom.current());
        metrics.jobRetried(execution.request().getFlow());
        log.info(
                "attempt failed, trying again jobId={} attempt={} delayMillis={}",
                execution.request().getJobId(),
                execution.attempts(),
                delay.toMillis());
        return wait(execution, delay);
    }

    private Mono<Void> wait(Execution execution, Duration delay) {
        return Mono.defer(() -> {
            execution.notBefore(clock.instant().plus(delay));
            // Not waited for: if it is lost with this worker, the next one tries again earlier, and counts one less.
            var unused = settlement.checkpoints().write(execution, false);
            executions.endAttempt(execution);
            waitingRoom.releaseAfter(execution, delay);
            return settlement.room();
        });
    }

    private Mono<Void> finish(Execution execution, Outcome outcome) {
        return Mono.defer(() -> {
            settlement.finish(execution, outcome, flowVersion(execution));
            // Only after the result is with the committer: whoever waits for the last attempt then flushes it.
            executions.endAttempt(execution);
            return settlement.room();
        });
    }

    private int flowVersion(Execution execution) {
        return handler.flowVersion(execution.request().getFlow());
    }

    private static boolean isRetryable(Outcome outcome) {
        return (outcome instanceof Outcome.Failed failed && failed.retryable())
                || (outcome instanceof Outcome.TimedOut timedOut && timedOut.retryable());
    }
}
