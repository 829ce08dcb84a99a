package dev.headstream.loadgen.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.loadgen.console.Output;
import dev.headstream.loadgen.console.Text;
import dev.headstream.loadgen.offender.Percentiles;
import dev.headstream.loadgen.results.SampleResults;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoFiguresTest {
    private static final long WORKER_STARTED = SampleResults.COMPLETED.toEpochMilli() - 5_000;

    @Test
    void percentiles_givenValues_expectsNearestRank() {
        Percentiles hundred =
                Percentiles.of(LongStream.rangeClosed(1, 100).boxed().toList());

        assertThat(hundred.at(50)).isEqualTo(50);
        assertThat(hundred.at(95)).isEqualTo(95);
        assertThat(hundred.at(100)).isEqualTo(100);
        assertThat(Percentiles.of(List.of(7L)).at(95)).isEqualTo(7);
        assertThat(Percentiles.of(List.of(3L, 1L)).at(50)).isEqualTo(1);
        assertThat(Percentiles.of(List.of()).at(95)).isZero();
        assertThatThrownBy(() -> hundred.at(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_givenOneResultForEachJob_expectsPassedWithRates() {
        DemoResults results = new DemoResults();
        results.add(SampleResults.succeeded("demo-1-1", 1_000));
        results.add(SampleResults.succeeded("demo-1-2", 3_000));

        DemoFigures figures = figures(2, results);

        assertThat(figures.passed()).isTrue();
        assertThat(figures.results()).isEqualTo(2);
        assertThat(figures.p50Millis()).isEqualTo(1_000);
        assertThat(figures.p95Millis()).isEqualTo(3_000);
        // from the start of the longer one to the end of both: 2 jobs in 3 s
        assertThat(figures.jobsPerHour()).isEqualTo(2_400);
        // 4 contexts x 3600 / 2 s
        assertThat(figures.possibleJobsPerHour()).isEqualTo(7_200);
        assertThat(figures.workerStartMillis()).isEqualTo(2_000);
        assertThat(figures.steps()).containsExactly(new DemoFigures.Step("search", 2, 1_000, 3_000, 8_000, 1.0, 0));
    }

    @Test
    void of_givenDuplicate_expectsItCountedAndNotPassed() {
        DemoResults results = new DemoResults();
        results.add(SampleResults.succeeded("demo-1-1", 1_000));
        results.add(SampleResults.succeeded("demo-1-1", 9_000));

        DemoFigures figures = figures(1, results);

        assertThat(figures.passed()).isFalse();
        assertThat(figures.duplicates()).isEqualTo(1);
        assertThat(figures.results()).isEqualTo(2);
        assertThat(figures.missing()).isZero();
        assertThat(figures.p95Millis()).isEqualTo(1_000);
    }

    @Test
    void of_givenFailureOrMissingJob_expectsNotPassed() {
        DemoResults failed = new DemoResults();
        failed.add(SampleResults.failed("demo-1-1"));

        assertThat(figures(1, failed).passed()).isFalse();
        assertThat(figures(1, failed).byStatus()).isEqualTo(Map.of("FAILED", 1L));
        assertThat(figures(1, new DemoResults()).passed()).isFalse();
        assertThat(figures(1, new DemoResults()).missing()).isEqualTo(1);
    }

    @Test
    void write_givenFigures_expectsTheFrozenNames(@TempDir Path folder) throws IOException {
        DemoResults results = new DemoResults();
        results.add(SampleResults.succeeded("demo-1-1", 1_000));
        Path file = folder.resolve("new/out.json");

        figures(1, results).write(file);

        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.properties().stream().map(Map.Entry::getKey))
                .contains(
                        "jobs",
                        "results",
                        "duplicates",
                        "failed",
                        "wallSeconds",
                        "jobsPerHour",
                        "p50Millis",
                        "p95Millis",
                        "pssPeakBytes",
                        "contexts",
                        "workerStartMillis",
                        "pssPeakByProcess",
                        "possibleJobsPerHour",
                        "steps");
        assertThat(json.path("wallSeconds").asDouble()).isEqualTo(12.346);
        assertThat(json.path("pssPeakByProcess").path("jvm").asLong()).isEqualTo(120_000_000);
        assertThat(json.path("steps").path(0).path("budgetMillis").asLong()).isEqualTo(8_000);
    }

    @Test
    void show_givenFailuresAndSlowSteps_expectsVerdictReasonAndNoLineOver100Columns() {
        DemoResults results = new DemoResults();
        for (int job = 1; job <= 7; job++) {
            results.add(SampleResults.failed("demo-1-" + job));
        }
        Output output = Output.plain();
        DemoReport report = new DemoReport(output.terminal());

        report.show(figures(8, results), results.unsuccessful());
        report.showNext(false, "/tmp/x", "demo-1-1");
        report.showNext(true, "/tmp/a/rather/long/folder/that/somebody/keeps/things/in", "demo-1-1");

        assertThat(output.lines())
                .allSatisfy(line -> assertThat(Text.width(line)).isLessThanOrEqualTo(100));
        assertThat(output.text())
                .contains("NOT PASSED  7 results read back with read_committed for 8 jobs, 0 duplicates")
                .contains("no result     1")
                .contains("demo-1-1  FAILED  ACTION_TIMEOUT: waitFor #results li")
                .contains("and 2 more")
                .contains("Top offender: search takes 100 %")
                .contains("all at the same time  300 MB");
    }

    private static DemoFigures figures(long jobs, DemoResults results) {
        DemoFigures.Run run = new DemoFigures.Run("demo-1", jobs, 4, WORKER_STARTED, 12.3456, 0);
        return DemoFigures.of(run, results, 300_000_000, Map.of("jvm", 120_000_000L, "renderer", 200_000_000L));
    }
}
