package dev.headstream.loadgen.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.loadgen.console.Terminal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SoakReportTest {
    @Test
    void trend_givenMemoryThatGrowsByATenthInAThousandJobs_expectsItOfTheMean() {
        // 100, 110, 120 at 1,000 jobs' distance: 10 of a mean of 110
        SoakReport report = report(List.of(window(1_000, 100, 50), window(2_000, 110, 50), window(3_000, 120, 50)));

        assertThat(report.pssPercentPer1000Jobs()).isEqualTo(9.09);
        assertThat(report.p95PercentPer1000Jobs()).isZero();
    }

    @Test
    void trend_givenOneWindow_expectsNone() {
        assertThat(report(List.of(window(250, 100, 50))).pssPercentPer1000Jobs())
                .isZero();
    }

    @Test
    void lines_givenManyWindows_expectsAFewEvenlySpreadWithTheLastAndTheTrend() {
        List<SoakWindow> many = IntStream.rangeClosed(1, 40)
                .mapToObj(i -> window(i * 250L, 500_000_000, 700))
                .toList();

        List<String> lines = report(many).lines(Terminal.out());

        assertThat(lines).hasSizeLessThan(18).anyMatch(line -> line.startsWith("10,000 "));
        assertThat(lines).anyMatch(line -> line.contains("memory +0.00 %, p95 +0.00 % per 1,000 jobs"));
        assertThat(lines).anyMatch(line -> line.endsWith("not succeeded: {FAILED X=2}"));
    }

    @Test
    void settings_givenTooFewJobsForATrend_expectsRefusalThatSaysHowMany() {
        assertThatThrownBy(() -> new SoakBench.Settings(10, 4, Path.of("x"))).hasMessageContaining("from 1000 to");
    }

    private static SoakReport report(List<SoakWindow> windows) {
        return new SoakReport(10_000, 4, List.of(), windows, Map.of("FAILED X", 2));
    }

    private static SoakWindow window(long untilJob, long pss, long p95) {
        return new SoakWindow(untilJob, 2, p95 / 2, p95, pss, pss);
    }
}
