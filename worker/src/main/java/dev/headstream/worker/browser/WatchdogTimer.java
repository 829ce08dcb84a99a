package dev.headstream.worker.browser;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The timer of a running worker: one thread that does nothing else, so that no stuck task can hold a deadline up. */
final class WatchdogTimer implements Timer {
    private static final Logger LOG = LoggerFactory.getLogger(WatchdogTimer.class);

    private final ScheduledThreadPoolExecutor executor;

    WatchdogTimer() {
        executor = new ScheduledThreadPoolExecutor(1, action -> {
            Thread thread = new Thread(action, "browser-watchdog");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Alarm after(Duration delay, Runnable action) {
        try {
            Future<?> scheduled =
                    executor.schedule(() -> guarded(action), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException e) {
            return () -> {}; // closed: there is nothing left to watch
        }
    }

    private static void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.atError().setMessage("a watchdog action failed").setCause(e).log();
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
