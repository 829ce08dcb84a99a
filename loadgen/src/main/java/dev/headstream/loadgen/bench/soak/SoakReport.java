package dev.headstream.loadgen.bench.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Table;
import dev.headstream.loadgen.console.Table.Column;
import dev.headstream.loadgen.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What came out.
 *
 * @param warmUp windows whose memory and times are not part of the trend
 * @param windows those that are
 * @param pssPercentPer1000Jobs by how much the memory grows, of its mean, by the line that fits best
 * @param p95PercentPer1000Jobs the same of the time that 95 of 100 jobs do not exceed
 * @param problems jobs that did not succeed, by status and kind of error
 */
public record SoakReport(
        int jobs,
        int contexts,
        List<SoakWindow> warmUp,
        List<SoakWindow> windows,
        double pssPercentPer1000Jobs,
        double p95PercentPer1000Jobs,
        Map<String, Integer> problems) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final int LINES = 12;

    public SoakReport {
        warmUp = List.copyOf(warmUp);
        windows = List.copyOf(windows);
        problems = Map.copyOf(problems);
    }

    SoakReport(
            int jobs, int contexts, List<SoakWindow> warmUp, List<SoakWindow> windows, Map<String, Integer> problems) {
        this(
                jobs,
                contexts,
                warmUp,
                windows,
                percentPer1000Jobs(windows, SoakWindow::pssBytes),
                percentPer1000Jobs(windows, SoakWindow::p95Millis),
                problems);
    }

    /** The slope of the line through the windows with the least squares, of their mean. */
    static double percentPer1000Jobs(List<SoakWindow> windows, ToDoubleFunction<SoakWindow> figure) {
        double meanJob =
                windows.stream().mapToLong(SoakWindow::untilJob).average().orElse(0);
        double mean = windows.stream().mapToDouble(figure).average().orElse(0);
        double both = 0;
        double jobs = 0;
        for (SoakWindow window : windows) {
            double away = window.untilJob() - meanJob;
            both += away * (figure.applyAsDouble(window) - mean);
            jobs += away * away;
        }
        return jobs == 0 || mean == 0 ? 0 : Math.round(both / jobs / mean * 100 * 1_000 * 100) / 100.0;
    }

    /** For a person. */
    public List<String> lines(Terminal terminal) {
        Table table = new Table(
                Column.right("jobs"),
                Column.right("jobs/s"),
                Column.right("p50 ms"),
                Column.right("p95 ms"),
                Column.right("memory"),
                Column.right("at most"));
        List<SoakWindow> all = new ArrayList<>(warmUp);
        all.addAll(windows);
        int step = Math.max(1, (all.size() + LINES - 1) / LINES);
        for (int i = all.size() - 1; i >= 0; i -= step) {
            all.subList(Math.max(0, i - step + 1), i).clear();
        }
        for (SoakWindow window : all) {
            table.row(
                    Figures.count(window.untilJob()),
                    String.format(Locale.ROOT, "%.2f", window.jobsPerSecond()),
                    String.valueOf(window.p50Millis()),
                    String.valueOf(window.p95Millis()),
                    Figures.bytes(window.pssBytes()),
                    Figures.bytes(window.pssPeakBytes()));
        }
        List<String> lines = new ArrayList<>(table.lines(terminal));
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "trend     memory %+.2f %%, p95 %+.2f %% per 1,000 jobs, after the first %s",
                pssPercentPer1000Jobs,
                p95PercentPer1000Jobs,
                Figures.count(
                        warmUp.isEmpty() ? 0 : warmUp.get(warmUp.size() - 1).untilJob())));
        lines.add("jobs      " + Figures.count(jobs) + " done by " + Figures.counted(contexts, "context") + ", "
                + (problems.isEmpty() ? "all succeeded" : "not succeeded: " + new TreeMap<>(problems)));
        return lines;
    }

    /** For a program. */
    public void write(Path file) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(this));
    }
}
