package dev.headstream.pipeline.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.v1.JobState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class JournalTest {
    private static final TopicPartition P0 = new TopicPartition("jobs", 0);
    private static final TopicPartition P1 = new TopicPartition("jobs", 1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

    private final Journal journal = new Journal(Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void isDone_givenAnotherEpoch_expectsNothingKnown() {
        journal.restored(P0, entries(1, "a"));

        assertThat(journal.isDone(P0, 1, "a")).isTrue();
        assertThat(journal.isDone(P0, 2, "a")).isFalse();
        assertThat(journal.isDone(P1, 1, "a")).isFalse();
    }

    @Test
    void done_givenAnOpenExecution_expectsItsStateToGo() {
        Journal.Entries entries = entries(1);
        entries.put(state("a").build(), NOW.toEpochMilli());
        journal.restored(P0, entries);
        assertThat(journal.open(P0, 1, "a")).isPresent();

        journal.done(P0, 1, "a");

        assertThat(journal.open(P0, 1, "a")).isEmpty();
        assertThat(journal.isDone(P0, 1, "a")).isTrue();
        assertThat(journal.marks()).isEqualTo(1);
    }

    @Test
    void restored_givenMarksOlderThanTheRetention_expectsThemForgotten() {
        Journal.Entries entries = new Journal.Entries(1, DAY);
        entries.done("old", NOW.minus(DAY.multipliedBy(2)).toEpochMilli());
        entries.done("young", NOW.minus(DAY.dividedBy(2)).toEpochMilli());

        journal.restored(P0, entries);

        assertThat(journal.isDone(P0, 1, "old")).isFalse();
        assertThat(journal.isDone(P0, 1, "young")).isTrue();
    }

    @Test
    void restored_givenMoreMarksThanTheBound_expectsTheOldestOfAllPartitionsForgotten() {
        Journal small = new Journal(Clock.fixed(NOW, ZoneOffset.UTC), 20_000);
        small.restored(P0, filled(1, "a-", 10_000, NOW.minus(DAY)));
        small.restored(P1, filled(2, "b-", 10_001, NOW.minus(DAY.dividedBy(2))));

        assertThat(small.marks()).isEqualTo(10_001);
        assertThat(small.isDone(P0, 1, "a-0")).as("the oldest").isFalse();
        assertThat(small.isDone(P1, 2, "b-0")).as("the younger").isTrue();
    }

    private static Journal.Entries filled(long epoch, String prefix, int count, Instant at) {
        Journal.Entries entries = new Journal.Entries(epoch, DAY.multipliedBy(7));
        for (int i = 0; i < count; i++) {
            entries.done(prefix + i, at.toEpochMilli());
        }
        return entries;
    }

    private static Journal.Entries entries(long epoch, String... done) {
        Journal.Entries entries = new Journal.Entries(epoch, DAY);
        for (String id : done) {
            entries.put(state(id).setDone("SUCCEEDED").build(), NOW.toEpochMilli());
        }
        return entries;
    }

    private static JobState.Builder state(String id) {
        return JobState.newBuilder().setExecutionId(id).setUpdatedAt(NOW);
    }
}
