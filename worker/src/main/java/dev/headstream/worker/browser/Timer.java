package dev.headstream.worker.browser;

import java.time.Duration;

/** Monotonic time and alarms in it; tests turn the hands themselves. */
interface Timer extends AutoCloseable {

    /** As {@link System#nanoTime()}: only differences mean something. */
    long nanoTime();

    /** Calls the action once after the delay, on the timer's own thread: it must not block. */
    Alarm after(Duration delay, Runnable action);

    @Override
    void close();

    /** An action that waits for its time. */
    interface Alarm {
        /** Does its best; the action may be running already. */
        void cancel();
    }
}
