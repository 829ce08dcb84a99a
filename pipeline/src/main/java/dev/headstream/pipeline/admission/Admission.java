package dev.headstream.pipeline.admission;

import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.Outcome;
import dev.headstream.pipeline.cancel.Cancellations;
import dev.headstream.pipeline.deadletter.DeadLetter;
import dev.headstream.pipeline.execution.Attempts;
import dev.headstream.pipeline.execution.CancelOutcome;
import dev.headstream.pipeline.execution.Execution;
import dev.headstream.pipeline.execution.Executions;
import dev.headstream.pipeline.execution.Settlement;
import dev.headstream.pipeline.execution.WaitingRoom;
import dev.headstream.pipeline.journal.Journal;
import dev.headstream.pipeline.offset.OffsetLedgers;
import dev.headstream.pipeline.retry.RetryPolicy;
import dev.headstream.pipeline.source.PolledEvent;
import dev.headstream.v1.JobRequested;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Scheduler;

/**
 * Decides what becomes of each event: a job that may run, one that waits for its time, a duplicate, a REJECTED result,
 * a dead letter, or nothing because its partition is gone. One event at a time, in the order of the partition.
 */
public final class Admission {
    private final EventDecoder decoder;
    private final JobHandler handler;
    private final Journal journal;
    private final OffsetLedgers ledgers;
    private final Executions executions;
    private final Settlement settlement;
    private final WaitingRoom waitingRoom;
    private final RetryPolicy retry;
    private final Cancellations cancellations;
    private final Selection selection;
    private final @Nullable String replayId;
    private final Scheduler blocking;

    /**
     * @param selection which events are for this pipeline to run
     * @param replayId set for a replay, whose executions are apart from the live ones
     * @param blocking where decoding may block
     */
    public Admission(
            Deserializer<JobRequested> deserializer,
            JobHandler handler,
            Journal journal,
            OffsetLedgers ledgers,
            Executions executions,
            Settlement settlement,
            WaitingRoom waitingRoom,
            RetryPolicy retry,
            Cancellations cancellations,
            Selection selection,
            @Nullable String replayId,
            Scheduler blocking) {
        this.decoder = new EventDecoder(deserializer, blocking);
        this.handler = handler;
        this.journal = journal;
        this.ledgers = ledgers;
        this.executions = executions;
        this.settlement = settlement;
        this.waitingRoom = waitingRoom;
        this.retry = retry;
        this.cancellations = cancellations;
        this.selection = selection;
        this.replayId = replayId;
        this.blocking = blocking;
    }

    /** The executions that may begin, as far as their own event is concerned. */
    public Flux<Execution> admit(Flux<PolledEvent> events) {
        // One change of thread for as many as there are, not one for each; what waits is about what runs.
        return events.publishOn(blocking, handler.concurrency()).concatMap(this::admit, 1);
    }

    private Mono<Execution> admit(PolledEvent event) {
        if (!isOwned(event)) {
            return Mono.empty();
        }
        // Only what decoding itself throws makes a dead letter.
        return decoder.decode(event).materialize().flatMap(decoded -> decided(event, decoded));
    }

    private Mono<Execution> decided(PolledEvent event, Signal<JobRequested> decoded) {
        Throwable failure = decoded.getThrowable();
        if (failure == null) {
            return decide(event, Objects.requireNonNull(decoded.get()));
        }
        return selection.selectsUndecodable()
                ? bury(event, DeadLetter.Kind.UNDECODABLE, describe(failure))
                : leaveOut(event);
    }

    private Mono<Execution> decide(PolledEvent event, JobRequested request) {
        String id = replayId == null ? request.getJobId() : replayId + "|" + request.getJobId();
        // What an earlier run of a replay has begun is not left out: it may have an unsafe step to settle.
        if (journal.open(event.partition(), event.epoch(), id).isEmpty() && !selection.selects(request)) {
            return leaveOut(event);
        }
        List<String> unaddressable = EventContract.unaddressable(request);
        if (!unaddressable.isEmpty()) {
            return bury(event, DeadLetter.Kind.INVALID_EVENT, String.join("; ", unaddressable));
        }
        if (journal.isDone(event.partition(), event.epoch(), id)) {
            return skip(event);
        }
        Execution execution =
                new Execution(id, replayId, event, request, journal.open(event.partition(), event.epoch(), id));
        return accept(execution);
    }

    private Mono<Execution> accept(Execution execution) {
        if (!executions.accept(execution)) {
            return Mono.empty(); // finishes with the one that it repeats
        }
        // Only now is it seen by a revocation, which drops what it sees: an earlier one is noticed here.
        if (!isOwned(execution.event())) {
            executions.drop(execution);
            return Mono.empty();
        }
        // And only now does it see the one that it repeats as done, if that was committed since it was looked up: the
        // journal is told before the execution is forgotten.
        PolledEvent event = execution.event();
        if (journal.isDone(event.partition(), event.epoch(), execution.id())) {
            executions.drop(execution);
            return skip(event);
        }
        // After it is accepted: a cancel that comes now finds it there, one that came before is found here.
        cancellations
                .reasonFor(execution.id(), event.partition().partition(), event.offset())
                .ifPresent(execution::cancel);
        Optional<Outcome> cancelled = CancelOutcome.of(execution, Outcome.Trace.NONE);
        if (cancelled.isPresent()) {
            return finish(execution, cancelled.get());
        }
        if (execution.interruptions() > retry.maxInterruptions()) {
            return finish(execution, Attempts.interruptedTooOften(execution, "its workers went away under it"));
        }
        List<String> problems = problems(execution.request());
        if (!problems.isEmpty()) {
            return finish(execution, new Outcome.Rejected(problems));
        }
        Instant notBefore = execution.notBefore();
        if (notBefore != null) {
            waitingRoom.releaseAt(execution, notBefore);
            return Mono.empty();
        }
        return Mono.just(execution);
    }

    private List<String> problems(JobRequested request) {
        List<String> problems = new ArrayList<>(EventContract.problems(request));
        if (problems.isEmpty()) {
            problems.addAll(handler.problems(request));
        }
        return problems;
    }

    private Mono<Execution> finish(Execution execution, Outcome outcome) {
        settlement.finish(
                execution, outcome, handler.flowVersion(execution.request().getFlow()));
        return settlement.room().then(Mono.empty());
    }

    private Mono<Execution> skip(PolledEvent duplicate) {
        settlement.skip(duplicate);
        return settlement.room().then(Mono.empty());
    }

    private Mono<Execution> leaveOut(PolledEvent event) {
        settlement.leaveOut(event);
        return settlement.room().then(Mono.empty());
    }

    private Mono<Execution> bury(PolledEvent event, DeadLetter.Kind kind, String message) {
        settlement.bury(new DeadLetter(event, kind, message));
        return settlement.room().then(Mono.empty());
    }

    private boolean isOwned(PolledEvent event) {
        return ledgers.of(event.partition(), event.epoch()).isPresent();
    }

    private static String describe(Throwable failure) {
        return Optional.ofNullable(failure.getMessage()).orElseGet(failure::toString);
    }
}
