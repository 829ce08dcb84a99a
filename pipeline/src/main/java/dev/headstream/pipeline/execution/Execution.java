package dev.headstream.pipeline.execution;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.headstream.pipeline.source.PolledEvent;
import dev.headstream.v1.CompletedStep;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One accepted job, from its admission to its terminal record, over all its attempts on this worker. Thread-safe.
 */
public final class Execution {
    private final String id;
    private final @Nullable String replayId;
    private final PolledEvent event;
    private final JobRequested request;
    private final Sinks.Empty<Void> dropped = Sinks.empty();
    private volatile boolean live = true;
    private volatile boolean stopRequested;
    private volatile boolean outOfTouch;
    private volatile @Nullable String cancelReason;

    @GuardedBy("this")
    private int attempts;

    @GuardedBy("this")
    private boolean underWay;

    @GuardedBy("this")
    private int interruptions;

    @GuardedBy("this")
    private int flowVersion;

    @GuardedBy("this")
    private @Nullable Instant notBefore;

    @GuardedBy("this")
    private @Nullable String intent;

    @GuardedBy("this")
    private @Nullable String storageState;

    @GuardedBy("this")
    private final List<CompletedStep> steps = new ArrayList<>();

    @GuardedBy("this")
    private @Nullable Instant firstStart;

    @GuardedBy("this")
    private Duration ran = Duration.ZERO;

    /** @param earlier what the journal has of it, empty for a job that was never tried */
    public Execution(
            String id, @Nullable String replayId, PolledEvent event, JobRequested request, Optional<JobState> earlier) {
        this.id = id;
        this.replayId = replayId;
        this.event = event;
        this.request = request;
        earlier.ifPresent(this::resumeFrom);
    }

    private synchronized void resumeFrom(JobState state) {
        attempts = state.getAttempts();
        interruptions = state.getInterruptions();
        flowVersion = state.getFlowVersion();
        notBefore = state.getNotBefore();
        intent = state.getIntent();
        storageState = state.getStorageState();
        steps.addAll(state.getSteps());
        if (notBefore == null && attempts > 0) {
            // The attempt that wrote this never ended: its worker went away, which is not the job's fault.
            attempts--;
            interruptions++;
        }
    }

    public String id() {
        return id;
    }

    public @Nullable String replayId() {
        return replayId;
    }

    public PolledEvent event() {
        return event;
    }

    public JobRequested request() {
        return request;
    }

    /** Whether its partition is still ours and it has no terminal record yet. */
    public boolean isLive() {
        return live;
    }

    /** Ends it here: its partition went to somebody else, or the worker is going away. */
    void drop() {
        live = false;
        stopRequested = true;
        var unused = dropped.tryEmitEmpty(); // two may drop it at the same moment
    }

    /** Marks that its terminal record is committed. */
    void finished() {
        live = false;
    }

    /** Completes when it is dropped. */
    Mono<Void> whenDropped() {
        return dropped.asMono();
    }

    void requestStop() {
        stopRequested = true;
    }

    boolean stopRequested() {
        return stopRequested;
    }

    /** Asks for it not to be done; takes effect before it starts, or at its next step boundary. */
    public void cancel(String reason) {
        cancelReason = reason;
    }

    /** Why somebody asked for it not to be done; empty if nobody has. */
    Optional<String> cancelReason() {
        return Optional.ofNullable(cancelReason);
    }

    /** Begins the next attempt; returns its number, from 1. */
    synchronized int beginAttempt(Instant now) {
        if (firstStart == null) {
            firstStart = now;
        }
        notBefore = null;
        outOfTouch = false;
        underWay = true;
        return ++attempts;
    }

    /** Notes that nobody could say whether it is still this worker's. */
    void outOfTouch() {
        outOfTouch = true;
    }

    boolean isOutOfTouch() {
        return outOfTouch;
    }

    /** Takes back the attempt that is under way, if one is: it counts for nothing. */
    synchronized void takeBack() {
        if (underWay) {
            attempts--;
            underWay = false;
        }
    }

    /** Takes back an attempt that ended through no fault of the job; returns how often that has happened. */
    synchronized int interrupted() {
        takeBack();
        return ++interruptions;
    }

    /** Takes back an attempt that did not begin. */
    synchronized void postponed() {
        takeBack();
        if (attempts == 0) {
            firstStart = null; // it is still queued
        }
    }

    /** Takes back an attempt that was asked to stop. */
    synchronized void stopped(Instant now) {
        takeBack();
        notBefore = now;
    }

    /** How often an attempt ended through no fault of the job. */
    public synchronized int interruptions() {
        return interruptions;
    }

    /**
     * Sets when the next attempt may start; the one before, if it still counts, does so for good. In whole milliseconds,
     * rounded up: the journal keeps no more of it, and cutting would let the next worker begin too early.
     */
    synchronized void notBefore(Instant when) {
        Instant cut = when.truncatedTo(ChronoUnit.MILLIS);
        notBefore = cut.equals(when) ? cut : cut.plusMillis(1);
        underWay = false;
    }

    /** When the next attempt may start; null for at once. */
    public synchronized @Nullable Instant notBefore() {
        return notBefore;
    }

    public synchronized int attempts() {
        return attempts;
    }

    synchronized void addRun(Duration duration) {
        ran = ran.plus(duration);
    }

    synchronized Duration ran() {
        return ran;
    }

    synchronized Duration queued() {
        Instant start = firstStart;
        return start == null ? Duration.ZERO : Duration.between(Instant.ofEpochMilli(event.timestamp()), start);
    }

    synchronized List<CompletedStep> completedSteps() {
        return List.copyOf(steps);
    }

    synchronized @Nullable String intent() {
        return intent;
    }

    synchronized @Nullable String storageState() {
        return storageState;
    }

    synchronized int flowVersion() {
        return flowVersion;
    }

    synchronized void intend(String step, int version) {
        enter(version);
        intent = step;
    }

    /** A job that starts over with another version of its flow has no use for what the earlier one did. */
    @GuardedBy("this")
    private void enter(int version) {
        if (flowVersion != version) {
            steps.clear();
            flowVersion = version;
        }
    }

    /** Takes back an intent that did not become durable: the step has not begun. */
    synchronized void retract(String step) {
        if (step.equals(intent)) {
            intent = null;
        }
    }

    synchronized void complete(CompletedStep step, int version, @Nullable String state) {
        enter(version);
        steps.removeIf(earlier -> earlier.getName().equals(step.getName()));
        steps.add(step);
        if (step.getName().equals(intent)) {
            intent = null;
        }
        if (state != null) {
            storageState = state;
        }
    }

    /** Its cumulative state as the journal keeps it. */
    synchronized JobState state(Instant now) {
        return JobState.newBuilder()
                .setExecutionId(id)
                .setSourceOffset(event.offset())
                .setFlow(request.getFlow())
                .setFlowVersion(flowVersion)
                .setAttempts(attempts)
                .setInterruptions(interruptions)
                .setNotBefore(notBefore)
                .setSteps(List.copyOf(steps))
                .setIntent(intent)
                .setStorageState(storageState)
                .setUpdatedAt(now)
                .build();
    }
}
