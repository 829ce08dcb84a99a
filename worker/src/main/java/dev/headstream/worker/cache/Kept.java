package dev.headstream.worker.cache;

import com.github.benmanes.caffeine.cache.Weigher;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A memo as it is kept.
 *
 * @param ttl how long from now on, by a clock that is never set
 * @param writtenAt when the step had run, in whole milliseconds, by the clock of the worker that ran it
 * @param end where another worker ran it, until when it may be used by this worker's clock: a machine that was suspended has
 *     not counted the time that passed
 */
record Kept(Memo memo, Duration ttl, Instant writtenAt, Optional<Instant> end) {
    static final Weigher<CacheKey, Kept> WEIGHER =
            (key, kept) -> key.digest().length() + kept.memo().bytes();

    /** Whether another worker ran the step. */
    boolean isForeign() {
        return end.isPresent();
    }

    boolean isOver(Instant now) {
        return end.filter(it -> !now.isBefore(it)).isPresent();
    }
}
