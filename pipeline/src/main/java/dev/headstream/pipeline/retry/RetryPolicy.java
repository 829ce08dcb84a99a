package dev.headstream.pipeline.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a job waits before its next attempt: exponential with jitter.
 *
 * @param initial before the second attempt
 * @param max never longer than this
 * @param jitter 0 to 1: the share of the delay that is random
 * @param maxInterruptions how often an attempt may end through no fault of the job (browser or worker went away) before
 *     the job is taken for the cause
 */
public record RetryPolicy(Duration initial, Duration max, double jitter, int maxInterruptions) {

    public RetryPolicy {
        if (initial.isNegative() || max.compareTo(initial) < 0) {
            throw new IllegalArgumentException(
                    "retry delays must be 0 <= initial <= max, not " + initial + " and " + max);
        }
        if (jitter < 0 || jitter > 1) {
            throw new IllegalArgumentException("retry jitter must be 0 to 1, not " + jitter);
        }
        if (maxInterruptions < 1) {
            throw new IllegalArgumentException("maxInterruptions must be at least 1, not " + maxInterruptions);
        }
    }

    /** 1 s doubling to 1 min, a fifth of it random; five interruptions. */
    public static RetryPolicy defaults() {
        return new RetryPolicy(Duration.ofSeconds(1), Duration.ofMinutes(1), 0.2, 5);
    }

    /** The delay after the given number of failed attempts, from 1. */
    public Duration delayAfter(int attempts, RandomGenerator random) {
        int doublings = Math.min(Math.max(attempts - 1, 0), 30);
        long millis = Math.min(max.toMillis(), initial.toMillis() << doublings);
        long fixed = Math.round(millis * (1 - jitter));
        return Duration.ofMillis(fixed + Math.round((millis - fixed) * random.nextDouble()));
    }
}
