package dev.headstream.worker.browser;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

/**
 * One subscription's task on its way through the pool. It ends exactly once: with a value, with an error, or because its
 * subscriber went away. Thread-safe.
 */
final class Ticket<T> {
    private final LaneTask<T> task;
    private final ContextSpec spec;
    private final Optional<Keep> keep;
    private final Duration deadline;
    private final MonoSink<T> sink;
    /** Runs what the subscriber does with the outcome, so that lanes only do the browser's work. */
    private final Executor signals;

    @GuardedBy("this")
    private boolean ended;

    @GuardedBy("this")
    private Deadlines.@Nullable Scope running;

    Ticket(
            LaneTask<T> task,
            ContextSpec spec,
            Optional<Keep> keep,
            Duration deadline,
            MonoSink<T> sink,
            Executor signals) {
        this.task = task;
        this.spec = spec;
        this.keep = keep;
        this.deadline = deadline;
        this.sink = sink;
        this.signals = signals;
    }

    LaneTask<T> task() {
        return task;
    }

    ContextSpec spec() {
        return spec;
    }

    /** How it shares a session, if it does. */
    Optional<Keep> keep() {
        return keep;
    }

    Duration deadline() {
        return deadline;
    }

    /** Whether nobody waits for it any more. */
    synchronized boolean ended() {
        return ended;
    }

    /**
     * Says under which scope the task runs. One of the two always sees the other: a cancel that came before cancels here,
     * one that comes after finds the scope.
     */
    void runsUnder(Deadlines.Scope scope) {
        boolean late;
        synchronized (this) {
            running = scope;
            late = ended;
        }
        if (late) {
            scope.cancel();
        }
    }

    /** The subscriber went away: interrupts the task if it runs. */
    void cancel() {
        Deadlines.Scope scope;
        synchronized (this) {
            ended = true;
            scope = running;
        }
        // outside of the lock: the scope's own lock is held while a task that is lost is failed, which takes this one
        if (scope != null) {
            scope.cancel(); // does nothing if that scope has ended, so never hits the lane's next task
        }
    }

    /** Others want its lane: it fails as cancelled, and is interrupted if it runs. */
    void giveWay() {
        Deadlines.Scope scope;
        synchronized (this) {
            scope = running;
        }
        fail(new CancellationException("it gave way to a task that waited for a lane"));
        if (scope != null) {
            scope.cancel();
        }
    }

    void succeed(@Nullable T value) {
        if (end()) {
            signal(() -> sink.success(value));
        }
    }

    void fail(Throwable error) {
        if (end()) {
            signal(() -> sink.error(error));
        }
    }

    private void signal(Runnable outcome) {
        try {
            signals.execute(outcome);
        } catch (RejectedExecutionException e) {
            outcome.run(); // the pool is closed and so is its thread, but somebody still waits
        }
    }

    private synchronized boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }
}
