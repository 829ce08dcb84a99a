package dev.headstream.loadgen.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.loadgen.console.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchReportTest {
    private final Terminal terminal = new Terminal(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), false, false, 100, () -> 0);

    @Test
    void of_givenRounds_expectsMedianOfEachFigureByItself() {
        DesignResult result = DesignResult.of(
                Design.RAW_CDP,
                "demo-search",
                4,
                List.of(round(10_000, 1.0, 300), round(5_000, 3.0, 100), round(20_000, 2.0, 200)));

        assertThat(result.design()).isEqualTo("raw-cdp");
        assertThat(result.rounds()).isEqualTo(3);
        assertThat(result.jobsPerSecond()).isEqualTo(1.0);
        assertThat(result.cpuSecondsPerJob()).isEqualTo(2.0);
        assertThat(result.pssBytes()).isEqualTo(200);
        assertThat(result.failed()).isEqualTo(3);
    }

    @Test
    void jobsPerSecond_givenFailedJobs_expectsThemNotCounted() {
        assertThat(RunReport.of(List.of(1L, 2L, 3L, 4L), 1, 2_000).jobsPerSecond())
                .isEqualTo(1.5);
    }

    @Test
    void read_givenReportOfAnotherProgram_expectsUnknownFieldsIgnored(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("report.json");
        Files.writeString(
                file,
                "{\"jobs\":2,\"failed\":0,\"wallMillis\":900,\"p50Millis\":400,\"p95Millis\":500,"
                        + "\"jobMillis\":[400,500],\"flow\":\"search\"}");

        assertThat(RunReport.read(file)).isEqualTo(new RunReport(2, 0, 900, 400, 500, List.of(400L, 500L)));
    }

    @Test
    void lines_givenAllDesigns_expectsRatiosAgainstHeadstreamWithin100Columns() {
        List<DesignResult> results = Stream.of(Design.values())
                .map(design -> result(design, design == Design.HEADSTREAM ? 2 : 1, 0))
                .toList();

        List<String> lines = BenchReport.lines(results, terminal);

        assertThat(lines).hasSize(1 + Design.values().length).allMatch(line -> line.length() <= 100);
        assertThat(lines.get(1)).startsWith("process-per-job").contains("x0.50");
        assertThat(lines.get(3)).startsWith("headstream").doesNotContain("x");
    }

    @Test
    void lines_givenNoHeadstream_expectsNoRatios() {
        assertThat(BenchReport.lines(List.of(result(Design.RAW_CDP, 1, 2)), terminal)
                        .get(1))
                .contains("(2 failed)")
                .doesNotContain("x1");
    }

    @Test
    void write_givenResults_expectsTheFieldsThatReadersKnow(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("bench.json");

        BenchReport.write(List.of(result(Design.HEADSTREAM, 2, 0)), file);

        JsonNode written = new ObjectMapper().readTree(file.toFile()).get(0);
        assertThat(written.fieldNames())
                .toIterable()
                .contains(
                        "design",
                        "site",
                        "lanes",
                        "jobsPerSecond",
                        "p50Millis",
                        "p95Millis",
                        "cpuSecondsPerJob",
                        "pssBytes",
                        "rounds");
        assertThat(written.get("design").asText()).isEqualTo("headstream");
    }

    @Test
    void inTurn_givenRounds_expectsEachDesignFirstOnce() {
        List<Design> designs = List.of(Design.PROCESS_PER_JOB, Design.HEADSTREAM, Design.RAW_CDP);

        assertThat(BrowserBench.inTurn(designs, 0)).isEqualTo(designs);
        assertThat(BrowserBench.inTurn(designs, 1))
                .containsExactly(Design.HEADSTREAM, Design.RAW_CDP, Design.PROCESS_PER_JOB);
        assertThat(BrowserBench.inTurn(designs, 3)).isEqualTo(designs);
    }

    @Test
    void parse_givenUnknownDesign_expectsMessageWithAllThereAre() {
        assertThat(Design.parse("browser-per-lane")).isEqualTo(Design.BROWSER_PER_LANE);
        assertThatThrownBy(() -> Design.parse("selenium"))
                .hasMessage("there is no design 'selenium': choose from process-per-job, browser-per-lane, headstream,"
                        + " headstream-kafka, puppeteer-cluster, raw-cdp");
    }

    @Test
    void settings_givenNonsense_expectsMessageWithBounds() {
        assertThatThrownBy(() -> new BrowserBench.Settings(0, 4, 5, List.of(Design.RAW_CDP)))
                .hasMessage("the number of jobs is from 1 to 100000, not 0");
        assertThatThrownBy(() -> new BrowserBench.Settings(1, 4, 5, List.of(Design.RAW_CDP, Design.RAW_CDP)))
                .hasMessageContaining("none of them twice");
    }

    private static Arm.Measurement round(long wallMillis, double cpuSecondsPerJob, long pssPeakBytes) {
        List<Long> jobs = Collections.nCopies(11, 500L);
        return new Arm.Measurement(RunReport.of(jobs, 1, wallMillis), cpuSecondsPerJob, pssPeakBytes);
    }

    private static DesignResult result(Design design, double jobsPerSecond, int failed) {
        return new DesignResult(
                design.id(), "demo-search", 4, 32, failed, jobsPerSecond, 12_345, 23_456, 4.9, 1_263_000_000L, 5);
    }
}
