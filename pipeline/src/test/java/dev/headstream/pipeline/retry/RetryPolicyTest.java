package dev.headstream.pipeline.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RetryPolicyTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void delayAfter_givenNoJitter_expectsDoublingUpToTheMaximum() {
        RetryPolicy policy = new RetryPolicy(SECOND, Duration.ofSeconds(20), 0, 5);

        assertThat(IntStream.of(0, 1, 2, 3, 4, 5, 6, 7, 100, Integer.MAX_VALUE)
                        .mapToLong(attempts ->
                                policy.delayAfter(attempts, new Random(1)).toSeconds()))
                .containsExactly(1L, 1L, 2L, 4L, 8L, 16L, 20L, 20L, 20L, 20L);
    }

    @Test
    void delayAfter_givenJitter_expectsWithinItsShareAndSpreadOut() {
        RetryPolicy policy = new RetryPolicy(Duration.ofSeconds(10), Duration.ofMinutes(1), 0.2, 5);
        long seed = Long.getLong("headstream.seed", System.nanoTime());
        Random random = new Random(seed);

        List<Long> delays = IntStream.range(0, 1_000)
                .mapToObj(i -> policy.delayAfter(2, random).toMillis())
                .toList();

        assertThat(delays).as("-Dheadstream.seed=%d", seed).allMatch(millis -> millis >= 16_000 && millis <= 20_000);
        assertThat(Set.copyOf(delays))
                .as("different delays, -Dheadstream.seed=%d", seed)
                .hasSizeGreaterThan(100);
    }

    @Test
    void delayAfter_givenFullJitter_expectsNeverNegativeNorAboveTheMaximum() {
        RetryPolicy policy = new RetryPolicy(Duration.ofHours(1), Duration.ofDays(1), 1, 1);
        Random random = new Random(7);

        for (int attempts = 1; attempts < 2_000; attempts++) {
            assertThat(policy.delayAfter(attempts, random)).isBetween(Duration.ZERO, Duration.ofDays(1));
        }
    }

    @Test
    void constructor_givenImpossibleSettings_expectsAMessageWithTheValues() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryPolicy(Duration.ofSeconds(2), SECOND, 0, 1))
                .withMessageContaining("PT2S and PT1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryPolicy(SECOND.negated(), SECOND, 0, 1))
                .withMessageContaining("PT-1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryPolicy(SECOND, SECOND, 1.5, 1))
                .withMessageContaining("0 to 1, not 1.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryPolicy(SECOND, SECOND, 0, 0))
                .withMessageContaining("maxInterruptions");
    }
}
