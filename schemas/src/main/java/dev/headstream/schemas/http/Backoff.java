package dev.headstream.schemas.http;

import java.time.Duration;

/** The pause before another round over all endpoints: doubles from {@code first} to {@code most}, half of it random. */
record Backoff(Duration first, Duration most) {
    Backoff {
        if (first.isNegative() || most.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "backoff must grow from a positive first pause, not " + first + " to " + most);
        }
    }

    /**
     * @param round 0 for the pause after the first round
     * @param random uniform in [0, 1)
     */
    Duration pause(int round, double random) {
        long ceiling = Math.min(most.toMillis(), first.toMillis() << Math.min(round, 20));
        return Duration.ofMillis(Math.round(ceiling * (0.5 + random / 2)));
    }
}
