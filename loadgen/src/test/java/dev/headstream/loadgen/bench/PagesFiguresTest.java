package dev.headstream.loadgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.loadgen.console.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PagesFiguresTest {
    private final Terminal terminal = new Terminal(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), false, false, 100, () -> 0);

    @Test
    void of_givenRounds_expectsMediansAndWhatEachJobTook() {
        PagesFigures figures =
                PagesFigures.of(PagesArm.IMAGES, List.of(round(1.0, 400), round(3.0, 200), round(2.0, 1_200)));

        assertThat(figures.rounds()).isEqualTo(3);
        assertThat(figures.cpuSecondsPerJob()).isEqualTo(2.0);
        assertThat(figures.bytesPerJob()).isEqualTo(100);
        assertThat(figures.requestsPerJob()).isEqualTo(2.5);
        assertThat(figures.failed()).isEqualTo(3);
    }

    @Test
    void lines_givenAllArms_expectsRatiosAgainstNoneWithin100Columns() {
        List<PagesFigures> all = Stream.of(PagesArm.values())
                .map(arm -> PagesFigures.of(arm, List.of(round(arm == PagesArm.NONE ? 2 : 1, 40_000_000))))
                .toList();

        List<String> lines = PagesFigures.lines(all, terminal);

        assertThat(lines).hasSize(1 + PagesArm.values().length).allMatch(line -> line.length() <= 100);
        assertThat(lines.get(1)).startsWith("none (1 failed)").doesNotContain("x");
        assertThat(lines.get(5)).startsWith("third-party").contains("x0.50", "x1.00");
    }

    @Test
    void write_givenFigures_expectsTheFrozenNames(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("pages.json");

        PagesFigures.write(List.of(PagesFigures.of(PagesArm.THIRD_PARTY, List.of(round(1, 4)))), file);

        JsonNode written = new ObjectMapper().readTree(file.toFile()).get(0);
        assertThat(written.fieldNames())
                .toIterable()
                .containsExactly(
                        "arm",
                        "jobs",
                        "failed",
                        "jobsPerSecond",
                        "p50Millis",
                        "cpuSecondsPerJob",
                        "bytesPerJob",
                        "requestsPerJob",
                        "rounds");
        assertThat(written.get("arm").asText()).isEqualTo("third-party");
    }

    @Test
    void in_givenTheFlowOfTheBench_expectsEachArmsOwnBlocks() throws Exception {
        String flow;
        try (var in = PagesArm.class.getResourceAsStream("pages.yaml")) {
            flow = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }

        assertThat(PagesArm.NONE.in(flow)).isEqualTo(flow);
        assertThat(PagesArm.ALL.in(flow)).contains("\nblock: [images, fonts, media, third-party]\n");
        assertThat(PagesArm.FONTS.in(flow)).contains("\nblock: [fonts]\n");
    }

    private static PagesFigures.Round round(double cpuSeconds, long bytes) {
        RunReport report = RunReport.of(List.of(100L, 200L, 300L, 400L), 1, 1_000);
        return new PagesFigures.Round(new Arm.Measurement(report, cpuSeconds, 1_000), bytes, 10);
    }
}
