package dev.headstream.worker;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Notices that the wall clock was set, or went on while the machine was suspended. Kafka's clients go by it: put back, they
 * send no heartbeat until it is where it was; put ahead, they take whatever is under way for overdue. Small corrections, and
 * slow ones of any size, are no jumps. Confined to one thread.
 */
final class ClockWatch {
    private final long toleranceNanos;
    private final LongSupplier nanoTime;
    private final LongSupplier wallNanos;
    private final Consumer<Duration> jumped;
    private long aheadNanos;

    /**
     * @param tolerance what is no jump yet
     * @param nanoTime a monotonic clock
     * @param jumped told how far the clock jumped, negative if back
     */
    ClockWatch(Duration tolerance, LongSupplier nanoTime, LongSupplier wallNanos, Consumer<Duration> jumped) {
        this.toleranceNanos = tolerance.toNanos();
        this.nanoTime = nanoTime;
        this.wallNanos = wallNanos;
        this.jumped = jumped;
        this.aheadNanos = ahead();
    }

    /** Looks at the clock again. */
    void look() {
        long ahead = ahead();
        Duration jump = Duration.ofNanos(ahead - aheadNanos);
        aheadNanos = ahead;
        if (jump.abs().toNanos() > toleranceNanos) {
            jumped.accept(jump);
        }
    }

    private long ahead() {
        return wallNanos.getAsLong() - nanoTime.getAsLong();
    }
}
