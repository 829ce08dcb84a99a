package dev.headstream.pipeline.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.pipeline.source.Lease;
import dev.headstream.pipeline.source.PolledEvent;
import dev.headstream.v1.JobRequested;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

final class OwnershipCheckTest {
    private static final Duration SESSION = Duration.ofSeconds(8);

    private long now;
    private final Lease lease = new Lease(SESSION, () -> now, () -> now);
    private final Execution execution = execution();
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void isOurs_givenRecentProof_expectsYesWithoutAsking() {
        lease.proved(now);

        assertThat(check(Mono.empty()).isOurs(execution).block()).isTrue();
        assertThat(asked).hasValue(0);
    }

    @Test
    void isOurs_givenDoubtAndCommitThatIsTaken_expectsYes() {
        OwnershipCheck check = check(Mono.fromRunnable(() -> lease.proved(now)));

        assertThat(check.isOurs(execution).block()).isTrue();
        assertThat(asked).hasValue(1);
        assertThat(execution.isOutOfTouch()).isFalse();
    }

    /** The process stood still between the brokers' answer and its reading of it. */
    @Test
    void isOurs_givenAnswerThatIsOlderThanHalfASession_expectsNo() {
        OwnershipCheck check = check(Mono.fromRunnable(() -> {
            lease.proved(now);
            now += SESSION.toNanos();
        }));

        assertThat(check.isOurs(execution).block()).isFalse();
        assertThat(execution.isOutOfTouch()).isTrue();
    }

    @Test
    void isOurs_givenCommitThatIsNotTaken_expectsNo() {
        OwnershipCheck check = check(Mono.error(new IllegalStateException("another worker's")));

        assertThat(check.isOurs(execution).block()).isFalse();
        assertThat(execution.isOutOfTouch()).isTrue();
    }

    @Test
    void isOurs_givenNoAnswer_expectsNoAfterSomeTime() {
        StepVerifier.withVirtualTime(() -> check(Mono.never()).isOurs(execution))
                .expectSubscription()
                .expectNoEvent(OwnershipCheck.PATIENCE.minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectNext(false)
                .verifyComplete();
        assertThat(execution.isOutOfTouch()).isTrue();
    }

    /** Its time may end while it waits: that is no failure of the job. */
    @Test
    void isOurs_givenNobodyWhoWaitsAnyMore_expectsItNoted() {
        check(Mono.never()).isOurs(execution).subscribe().dispose();

        assertThat(execution.isOutOfTouch()).isTrue();
    }

    @Test
    void beginAttempt_givenAnEarlierOneOutOfTouch_expectsAFreshStart() {
        execution.outOfTouch();
        int first = execution.beginAttempt(Instant.EPOCH);
        assertThat(execution.isOutOfTouch()).isFalse();

        execution.takeBack();
        execution.takeBack(); // what did not begin is not taken back

        assertThat(execution.beginAttempt(Instant.EPOCH)).isEqualTo(first);
    }

    /** A failed attempt counts, even if the next one cannot begin because nobody says whose the job is. */
    @Test
    void takeBack_givenAttemptThatFailedBefore_expectsItStillCounted() {
        int first = execution.beginAttempt(Instant.EPOCH);
        execution.notBefore(Instant.EPOCH);

        execution.takeBack();

        assertThat(execution.beginAttempt(Instant.EPOCH)).isEqualTo(first + 1);
    }

    private OwnershipCheck check(Mono<Void> answer) {
        return new OwnershipCheck(lease, unused -> {
            asked.incrementAndGet();
            return answer;
        });
    }

    private static Execution execution() {
        JobRequested request = JobRequested.newBuilder()
                .setJobId("job")
                .setFlow("flow")
                .setInputs(Map.of())
                .setSubmittedAt(Instant.EPOCH)
                .build();
        PolledEvent event =
                new PolledEvent(new TopicPartition("jobs", 0), 1, 0, 0, null, new byte[0], new RecordHeaders());
        return new Execution("job", null, event, request, Optional.empty());
    }
}
