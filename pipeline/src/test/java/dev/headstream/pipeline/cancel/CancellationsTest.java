package dev.headstream.pipeline.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.v1.CancelRequested;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CancellationsTest {
    private static final Instant NOW = Instant.parse("2026-01-31T09:00:00Z");

    private final Cancellations cancellations = new Cancellations(Clock.fixed(NOW, ZoneOffset.UTC), 3);

    @Test
    void reasonFor_givenEventsBeforeAndAfterTheCancel_expectsOnlyThoseBeforeToBeMeant() {
        cancellations.add(request("a", "why", List.of(10L, 0L), NOW));

        assertThat(cancellations.reasonFor("a", 0, 9)).contains("why");
        assertThat(cancellations.reasonFor("a", 0, 10)).isEmpty();
        assertThat(cancellations.reasonFor("a", 1, 0)).isEmpty();
        assertThat(cancellations.reasonFor("a", 2, 0))
                .as("a partition added since")
                .isEmpty();
        assertThat(cancellations.reasonFor("r|a", 0, 9)).as("another execution").isEmpty();
    }

    @Test
    void reasonFor_givenNoPositions_expectsAllEventsOfTheIdToBeMeant() {
        cancellations.add(request("a", null, List.of(), NOW));

        assertThat(cancellations.reasonFor("a", 7, 1_000)).contains("cancelled, no reason was given");
    }

    @Test
    void add_givenMoreThanAreKept_expectsTheOldestForgotten() {
        for (String id : List.of("a", "b", "c", "a", "d")) {
            cancellations.add(request(id, "why", List.of(), NOW));
        }

        assertThat(cancellations.reasonFor("b", 0, 0)).isEmpty();
        assertThat(cancellations.reasonFor("a", 0, 0)).isPresent();
        assertThat(cancellations.reasonFor("c", 0, 0)).isPresent();
        assertThat(cancellations.reasonFor("d", 0, 0)).isPresent();
    }

    @Test
    void add_givenCancelsOfMoreThanAWeekAgo_expectsThemForgotten() {
        cancellations.add(request("old", "why", List.of(), NOW.minus(Duration.ofDays(8))));
        cancellations.add(request("new", "why", List.of(), NOW.minus(Duration.ofDays(6))));

        assertThat(cancellations.reasonFor("old", 0, 0)).isEmpty();
        assertThat(cancellations.reasonFor("new", 0, 0)).isPresent();
    }

    @Test
    void remove_givenACancelTakenBack_expectsItGone() {
        cancellations.add(request("a", "why", List.of(), NOW));
        cancellations.remove("a");

        assertThat(cancellations.reasonFor("a", 0, 0)).isEmpty();
    }

    private static CancelRequested request(String id, @Nullable String reason, List<Long> ends, Instant at) {
        return CancelRequested.newBuilder()
                .setExecutionId(id)
                .setReason(reason)
                .setJobsEnd(ends)
                .setRequestedAt(at)
                .build();
    }
}
