package dev.headstream.worker.management;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A check that something goes round: whoever does it calls {@link #beat} each time, and the check is down once that was
 * too long ago. Monotonic time, so that a clock that is set does not matter. Thread-safe.
 */
public final class Heartbeat implements Health.Check {
    private final LongSupplier nanos;
    private final Duration longest;
    private volatile long last;

    /** Counts as having beaten just now. */
    public Heartbeat(Duration longest) {
        this(longest, System::nanoTime);
    }

    Heartbeat(Duration longest, LongSupplier nanos) {
        this.longest = longest;
        this.nanos = nanos;
        this.last = nanos.getAsLong();
    }

    /** It went round. */
    public void beat() {
        last = nanos.getAsLong();
    }

    @Override
    public Health.Status look() {
        Duration since = Duration.ofNanos(nanos.getAsLong() - last);
        String reason = "last beat " + since.toMillis() + " ms ago, at most " + longest.toMillis() + " allowed";
        return new Health.Status(since.compareTo(longest) <= 0, reason);
    }
}
