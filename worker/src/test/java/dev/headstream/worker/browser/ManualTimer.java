package dev.headstream.worker.browser;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A timer whose hands a test turns; actions run on the test's thread. */
final class ManualTimer implements Timer {
    private final List<Pending> pending = new ArrayList<>();
    private long now = 1_000_000_000_000L;

    /** Not a record: two alarms for the same action at the same time are two. */
    private static final class Pending {
        private final long at;
        private final Runnable action;

        Pending(long at, Runnable action) {
            this.at = at;
            this.action = action;
        }
    }

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized Alarm after(Duration delay, Runnable action) {
        Pending alarm = new Pending(now + delay.toNanos(), action);
        pending.add(alarm);
        return () -> cancel(alarm);
    }

    private synchronized void cancel(Pending alarm) {
        pending.remove(alarm);
    }

    /** Turns the hands; everything that falls due on the way runs at its time. */
    void advance(Duration by) {
        long until = nanoTime() + by.toNanos();
        for (Optional<Pending> due = nextUntil(until); due.isPresent(); due = nextUntil(until)) {
            due.get().action.run();
        }
        synchronized (this) {
            now = until;
        }
    }

    private synchronized Optional<Pending> nextUntil(long until) {
        Optional<Pending> due = pending.stream()
                .filter(alarm -> alarm.at - until <= 0)
                .min(Comparator.comparingLong(alarm -> alarm.at));
        due.ifPresent(alarm -> {
            pending.remove(alarm);
            now = Math.max(now, alarm.at);
        });
        return due;
    }

    synchronized int waiting() {
        return pending.size();
    }

    @Override
    public void close() {}
}
