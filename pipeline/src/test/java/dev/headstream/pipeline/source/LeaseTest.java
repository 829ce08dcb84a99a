package dev.headstream.pipeline.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LeaseTest {
    private static final Duration SESSION = Duration.ofSeconds(8);
    private static final long LONGEST = Duration.ofSeconds(2).toNanos();

    private long now = Long.MAX_VALUE - LONGEST / 2; // nanoTime() may pass its largest value

    /** How far the wall clock has been set or has gone on while the other stood still. */
    private long setNanos;

    private final Lease lease = new Lease(SESSION, () -> now, () -> now + setNanos);

    @Test
    void isInDoubt_givenNoProofYet_expectsDoubt() {
        assertThat(lease.isInDoubt()).isTrue();
        assertThat(lease.endsSoon()).isTrue();
    }

    @Test
    void isInDoubt_givenProof_expectsNoneForAQuarterOfTheSession() {
        lease.proved(now);
        assertThat(lease.endsSoon()).isFalse();

        now += LONGEST;
        assertThat(lease.isInDoubt()).isFalse();
        assertThat(lease.endsSoon()).isTrue();

        now += 1;
        assertThat(lease.isInDoubt()).isTrue();
    }

    /** Its answer lay in the socket while the process stood still. */
    @Test
    void proved_givenCommitBegunBeforeAStandstill_expectsDoubt() {
        long begun = now;
        now += SESSION.toNanos();
        lease.proved(begun);

        assertThat(lease.isInDoubt()).isTrue();
    }

    @Test
    void proved_givenAnOlderCommitAfterAYoungerOne_expectsTheYoungerToCount() {
        lease.proved(now);
        lease.proved(now - SESSION.toNanos());

        assertThat(lease.isInDoubt()).isFalse();
    }

    /** A long session is no reason to be careless: others may have a shorter one. */
    @Test
    void isInDoubt_givenALongSession_expectsDoubtAfterThreeSeconds() {
        Lease patient = new Lease(Duration.ofMinutes(5), () -> now, () -> now);
        patient.proved(now);

        now += Duration.ofSeconds(3).toNanos();
        assertThat(patient.isInDoubt()).isFalse();
        now += 1;
        assertThat(patient.isInDoubt()).isTrue();
    }

    /** The monotonic clock stood still with the machine. */
    @Test
    void isInDoubt_givenMachineThatWasSuspended_expectsDoubtUntilACommitThatBeganAfterwards() {
        long begun = now + 1;
        lease.proved(begun);
        now += 3;
        assertThat(lease.isInDoubt()).isFalse();

        setNanos = SESSION.toNanos();
        assertThat(lease.isInDoubt()).isTrue();
        lease.proved(begun + 1); // its answer lay in the socket meanwhile
        assertThat(lease.isInDoubt()).isTrue();
        assertThat(lease.hasLapsed()).isTrue();
        assertThat(lease.endsSoon()).isTrue();

        now += 1;
        lease.proved(now);
        assertThat(lease.isInDoubt()).isFalse();
    }

    @Test
    void isInDoubt_givenClockThatIsSetBackOrAdjusted_expectsNoDoubt() {
        lease.proved(now + 1);
        now += 2;

        setNanos = -SESSION.toNanos();
        assertThat(lease.isInDoubt()).isFalse();
        setNanos += LONGEST / 2;
        assertThat(lease.isInDoubt()).isFalse();
    }
}
