package dev.headstream.worker.browser;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one thread, one within the other, and the only place from which that thread is interrupted.
 *
 * <p>Playwright's own timeouts are none: {@code evaluate} has no limit, and its timers live in Node. Here a watchdog
 * interrupts the thread, which ends the call it is blocked in at once.
 *
 * <p>Scopes are opened and ended by the thread that they guard; {@link Scope#cancel()} may come from any.
 */
final class Deadlines {
    /**
     * A body may catch what an interrupt threw, which also cleared the flag, and go on. So the interrupt is repeated until
     * the body has ended.
     */
    static final Duration REPEAT = Duration.ofMillis(100);

    private final Timer timer;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private @Nullable Scope innermost;

    Deadlines(Timer timer) {
        this.timer = timer;
    }

    /** Told, under the lock and thus never after the end of its scope, that the body has not ended yet. Must not block. */
    interface Overdue {
        /** Ignores it. */
        Overdue IGNORED = since -> {};

        /** Called at the moment that the scope fired, and then again every {@link #REPEAT} until it ends. */
        void still(Duration sinceFired);
    }

    /**
     * Runs the body on this thread under a deadline within the ones that are open already.
     *
     * @throws DeadlineExceededException if this deadline or one around it passed, whatever the body threw or returned
     * @throws CancellationException if a scope around it was cancelled
     */
    <T> T within(Duration timeout, Callable<T> body) throws Exception {
        Scope scope = open(timeout, Overdue.IGNORED);
        T result;
        try {
            result = body.call();
        } catch (Throwable e) {
            RuntimeException verdict = scope.end();
            if (verdict != null) {
                verdict.addSuppressed(e);
                throw verdict;
            }
            throw e;
        }
        RuntimeException verdict = scope.end();
        if (verdict != null) {
            throw verdict;
        }
        return result;
    }

    /** Opens a deadline for this thread; every path must end it. */
    Scope open(Duration timeout, Overdue overdue) {
        synchronized (lock) {
            Scope scope = new Scope(timeout, overdue, innermost);
            innermost = scope;
            scope.alarm = timer.after(timeout, () -> fire(scope, Verdict.EXPIRED));
            return scope;
        }
    }

    /** Cancels whatever is open, from any thread. */
    void cancelAll() {
        synchronized (lock) {
            for (Scope scope = innermost; scope != null; scope = scope.outer) {
                fire(scope, Verdict.CANCELLED);
            }
        }
    }

    private enum Verdict {
        EXPIRED,
        CANCELLED
    }

    /**
     * Interrupts the thread on behalf of a scope. The lock is the argument why a late interrupt cannot hit what runs
     * next: either this comes before the end of the scope, and then {@link Scope#end} takes the flag away again, or it
     * comes after, and then {@code ended} is seen here.
     */
    private void fire(Scope scope, Verdict verdict) {
        synchronized (lock) {
            if (scope.ended) {
                return;
            }
            if (scope.verdict == null) {
                scope.verdict = verdict;
                scope.firedAt = timer.nanoTime();
            }
            scope.thread.interrupt();
            scope.alarm.cancel();
            scope.alarm = timer.after(REPEAT, () -> fire(scope, verdict));
            scope.overdue.still(Duration.ofNanos(timer.nanoTime() - scope.firedAt));
        }
    }

    /** One deadline. */
    final class Scope {
        private final Thread thread = Thread.currentThread();
        private final Duration timeout;
        private final long deadline;
        private final Overdue overdue;
        private final @Nullable Scope outer;

        // what changes is guarded by the lock of the deadlines, which each scope shares
        private Timer.Alarm alarm = () -> {};

        private boolean ended;

        private @Nullable Verdict verdict;

        private long firedAt;

        private Scope(Duration timeout, Overdue overdue, @Nullable Scope outer) {
            this.timeout = timeout;
            this.deadline = timer.nanoTime() + timeout.toNanos();
            this.overdue = overdue;
            this.outer = outer;
        }

        /** What is left; never negative. */
        Duration remaining() {
            return Duration.ofNanos(Math.max(0, deadline - timer.nanoTime()));
        }

        /** Interrupts the thread although there is time left. From any thread, also after the end. */
        void cancel() {
            fire(this, Verdict.CANCELLED);
        }

        /**
         * Ends this scope: from here on the thread is not interrupted on its behalf, and no interrupt on its behalf is
         * pending. If a scope around this one has fired its verdict counts, for it is the larger, and the thread stays
         * interrupted so that it finds its way out.
         *
         * @return null if neither this scope nor one around it fired
         */
        @Nullable
        RuntimeException end() {
            synchronized (lock) {
                ended = true;
                alarm.cancel();
                innermost = outer;
                Thread.interrupted();
                Scope fired = verdict == null ? null : this;
                for (Scope around = outer; around != null; around = around.outer) {
                    if (around.verdict != null) {
                        fired = around;
                    }
                }
                if (fired != null && fired != this) {
                    thread.interrupt();
                }
                return fired == null ? null : fired.toException();
            }
        }

        private RuntimeException toException() {
            return verdict == Verdict.CANCELLED
                    ? new CancellationException("the task was cancelled")
                    : new DeadlineExceededException(timeout);
        }
    }
}
