package dev.headstream.pipeline.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.pipeline.replay.ReplayBound.Edge;
import dev.headstream.pipeline.replay.ReplayBound.Offsets;
import dev.headstream.pipeline.replay.ReplayBound.Time;
import dev.headstream.pipeline.replay.ReplayPlan.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Partition 0 keeps offsets 50 to 199 (the last ten not committed yet), one a minute; partition 1 keeps 0 to 9. */
final class RangeResolutionTest {
    private static final Instant OLDEST = Instant.parse("2026-01-31T09:00:00Z");
    private static final Edge EDGE = new Edge();

    private Optional<Instant> keptSince = Optional.of(OLDEST.minusSeconds(3_600));

    @Test
    void between_givenNoBounds_expectsAllThatIsKeptAndCommitted() {
        assertThat(spans(EDGE, EDGE)).isEqualTo(Map.of(0, new Span(50, 190), 1, new Span(0, 10)));
    }

    @Test
    void between_givenOffsetsOnOneSide_expectsOnlyTheirPartitions() {
        assertThat(spans(offsets(0, 60), EDGE)).isEqualTo(Map.of(0, new Span(60, 190)));
        assertThat(spans(EDGE, offsets(1, 4))).isEqualTo(Map.of(1, new Span(0, 4)));
        assertThat(spans(new Time(OLDEST.plusSeconds(600)), offsets(0, 70))).isEqualTo(Map.of(0, new Span(60, 70)));
    }

    @Test
    void between_givenTimes_expectsTheFirstOffsetsAtOrAfterThem() {
        assertThat(spans(new Time(OLDEST.plusSeconds(61)), new Time(OLDEST.plusSeconds(180))))
                .isEqualTo(Map.of(0, new Span(52, 53), 1, new Span(2, 3)));
        assertThat(spans(new Time(OLDEST.plus(Duration.ofDays(1))), EDGE)).isEmpty();
    }

    @Test
    void between_givenPartitionsThatDoNotAgree_expectsBothNamed() {
        assertRefused(offsets(0, 60), offsets(1, 4), "--from has 0, --to has 1");
    }

    @Test
    void between_givenBoundsThatAreNone_expectsThemNamed() {
        assertRefused(offsets(0, 49), EDGE, "partition 0: offset 49 has expired; the oldest that is kept is 50");
        assertRefused(offsets(0, 10), EDGE, "offsets 10 to 49 have expired");
        assertRefused(offsets(3, 0), EDGE, "topic jobs has no such partition, only 0 to 1");
        assertRefused(EDGE, offsets(0, 201), "--to 201 is beyond the end of the topic, which is 200");
        assertRefused(offsets(0, 80), offsets(0, 70), "the range begins at 80 and ends before 70");
        assertRefused(new Time(OLDEST.plusSeconds(2)), new Time(OLDEST), "is after --to");
    }

    @Test
    void between_givenATimeBeforeWhatIsKept_expectsRefusalOnlyIfEventsMayHaveExpired() {
        Time before = new Time(OLDEST.minusSeconds(60));

        assertThat(spans(before, EDGE)).containsEntry(0, new Span(50, 190)); // younger than the retention
        keptSince = Optional.of(OLDEST);
        assertRefused(before, EDGE, "partition 0: offsets up to 49 have expired");
        assertRefused(before, EDGE, "give --from 0:50");
        keptSince = Optional.empty(); // bounded by size: nobody knows
        assertRefused(before, EDGE, "partition 0: offsets up to 49 have expired");
        assertThat(spans(new Time(OLDEST), EDGE)).containsEntry(0, new Span(50, 190));
    }

    @Test
    void checkKept_givenWhatIsFinished_expectsOnlyTheRestToBeNeeded() {
        TreeMap<Integer, Span> spans = new TreeMap<>(Map.of(0, new Span(40, 60)));
        ReplayPlan plan = new ReplayPlan(spans);

        resolution().checkKept(plan, Map.of(0, 50L));
        resolution().checkKept(new ReplayPlan(new TreeMap<>(Map.of(0, new Span(10, 20)))), Map.of(0, 20L));
        assertThatThrownBy(() -> resolution().checkKept(plan, Map.of(0, 45L)))
                .isInstanceOf(ReplayRefusedException.class)
                .hasMessage("partition 0: offsets 45 to 49 have expired; the oldest that is kept is 50");
    }

    private Map<Integer, Span> spans(ReplayBound from, ReplayBound to) {
        return resolution().between(from, to).spans();
    }

    private void assertRefused(ReplayBound from, ReplayBound to, String message) {
        assertThatThrownBy(() -> resolution().between(from, to))
                .isInstanceOf(ReplayRefusedException.class)
                .hasMessageContaining(message);
    }

    private static Offsets offsets(int partition, long offset) {
        return new Offsets(Map.of(partition, offset));
    }

    private RangeResolution resolution() {
        TreeMap<Integer, TopicExtent> extents = new TreeMap<>(Map.of(
                0, new TopicExtent(50, 190, 200, Optional.of(OLDEST)),
                1, new TopicExtent(0, 10, 10, Optional.of(OLDEST))));
        return new RangeResolution("jobs", extents, RangeResolutionTest::offsetAt, keptSince);
    }

    private static Optional<Long> offsetAt(int partition, Instant time) {
        long beginning = partition == 0 ? 50 : 0;
        long end = partition == 0 ? 200 : 10;
        long seconds = Math.max(0, Duration.between(OLDEST, time).toSeconds());
        long offset = beginning + (seconds + 59) / 60;
        return offset < end ? Optional.of(offset) : Optional.empty();
    }
}
