package dev.headstream.pipeline.source;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long we may take our partitions for ours without asking. A process that was stopped for longer than its session
 * (SIGSTOP), or that no broker can reach, goes on as if nothing had happened; what it begins meanwhile,
 * others have done. Brokers take a commit only of the present generation (KIP-447), so each one that they took proves that
 * nothing had been given away when it was begun. Without a recent one ownership is in doubt. On a machine that was suspended
 * the monotonic clock may have stood still, too: what was proved before the wall clock jumped ahead counts for nothing.
 * Thread-safe.
 */
public final class Lease {
    private static final Duration LONGEST = Duration.ofSeconds(3);

    private final long longestNanos;
    private final long lapseNanos;
    private final LongSupplier nanoTime;
    private final LongSupplier wallNanos;
    private long provedNanos;
    /** What was begun before this proves nothing. */
    private long brokenNanos;

    private long aheadNanos;

    /**
     * In doubt at first.
     *
     * @param session after what time without a heartbeat the group gives partitions away; the last heartbeat may be a third
     *     of it older than the last proof
     * @param nanoTime a monotonic clock that goes on while the process is stopped, in nanoseconds
     * @param wallNanos a clock that is right again after the machine was suspended, in nanoseconds
     */
    public Lease(Duration session, LongSupplier nanoTime, LongSupplier wallNanos) {
        this.longestNanos = Math.min(LONGEST.toNanos(), session.toNanos() / 4);
        this.lapseNanos = session.toNanos() / 2;
        this.nanoTime = nanoTime;
        this.wallNanos = wallNanos;
        long now = nanoTime.getAsLong();
        this.aheadNanos = wallNanos.getAsLong() - now;
        this.provedNanos = now - 1;
        this.brokenNanos = now;
    }

    /** The brokers have taken a commit that was begun at this time. */
    public synchronized void proved(long begunNanos) {
        if (begunNanos - provedNanos > 0) {
            provedNanos = begunNanos;
        }
    }

    /** Whether nothing should be begun before there is another proof. */
    public boolean isInDoubt() {
        return ageNanos() > longestNanos;
    }

    /** Whether the last proof is so old that the partitions may well be others'. */
    public boolean hasLapsed() {
        return ageNanos() > lapseNanos;
    }

    /** The longest that work may wait to be committed, if its commits are to keep doubt away. */
    public Duration longestInterval() {
        return Duration.ofNanos(longestNanos / 2);
    }

    /** Whether it is time for another proof, if there is to be no doubt. */
    public boolean endsSoon() {
        return ageNanos() > longestNanos / 2;
    }

    private synchronized long ageNanos() {
        long now = nanoTime.getAsLong();
        long ahead = wallNanos.getAsLong() - now;
        if (ahead - aheadNanos > longestNanos) {
            // Commits that were begun before are too old, even if their answers are read only now.
            brokenNanos = now;
        }
        aheadNanos = ahead;
        return provedNanos - brokenNanos >= 0 ? now - provedNanos : Long.MAX_VALUE;
    }
}
