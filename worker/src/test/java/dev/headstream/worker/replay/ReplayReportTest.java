package dev.headstream.worker.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.pipeline.replay.ReplayFilter.Reason;
import dev.headstream.pipeline.replay.ReplayPlan;
import dev.headstream.pipeline.replay.ReplayPlan.Span;
import dev.headstream.pipeline.replay.ReplaySurvey.PartitionCount;
import dev.headstream.v1.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ReplayReportTest {
    private static final Instant FIRST = Instant.parse("2026-01-31T09:00:00Z");

    @Test
    void lines_givenADryRun_expectsCountsOffsetsAndTimesByPartition() throws Exception {
        PartitionCount count = new PartitionCount(1_200, 7, 3, 1_299, FIRST, FIRST.plusSeconds(60));
        ReplayReport report = report(true, new TreeMap<>(Map.of(2, count)), Map.of());

        assertThat(String.join("\n", report.lines()))
                .contains("1,200", "1299", "2026-01-31T09:00:00Z", "2026-01-31T09:01:00Z")
                .contains("7 of 1,200 events would be run; nothing was")
                .contains("2 left out: their flow has a step that must run once: --allow-effects runs them");
        JsonNode partition =
                new ObjectMapper().readTree(report.json()).path("partitions").get(0);
        assertThat(partition.path("partition").asInt()).isEqualTo(2);
        assertThat(partition.path("from").asLong()).isZero();
        assertThat(partition.path("to").asLong()).isEqualTo(1_300);
        assertThat(partition.path("selected").asLong()).isEqualTo(7);
        assertThat(partition.path("lastTime").asText()).isEqualTo("2026-01-31T09:01:00Z");
    }

    @Test
    void lines_givenResults_expectsThemByStatusAndWhetherAllSucceeded() throws Exception {
        ReplayReport report = report(
                false, new TreeMap<>(), Map.of(JobStatus.SUCCEEDED, 5L, JobStatus.FAILED, 1L, JobStatus.REJECTED, 0L));

        assertThat(report.lines().get(0))
                .isEqualTo("replay r: 1,300 of 1,300 offsets finished, 6 results by this process in 1.5 s:"
                        + " 5 SUCCEEDED, 1 FAILED");
        assertThat(report.allSucceeded()).isFalse();
        JsonNode json = new ObjectMapper().readTree(report.json());
        assertThat(json.path("results").path("FAILED").asInt()).isEqualTo(1);
        assertThat(json.path("leftOut").path("EFFECTS").asInt()).isEqualTo(2);
        assertThat(json.path("complete").asBoolean()).isTrue();
    }

    private static ReplayReport report(
            boolean dryRun, SortedMap<Integer, PartitionCount> counts, Map<JobStatus, Long> results) {
        return new ReplayReport(
                "r",
                "workers.replay.r",
                dryRun,
                false,
                true,
                new ReplayPlan(new TreeMap<>(Map.of(2, new Span(0, 1_300)))),
                counts,
                1_300,
                results,
                0,
                0,
                Map.of(Reason.EFFECTS, 2L),
                Duration.ofMillis(1_500));
    }
}
