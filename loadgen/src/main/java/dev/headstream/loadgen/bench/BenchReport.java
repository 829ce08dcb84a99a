package dev.headstream.loadgen.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Table;
import dev.headstream.loadgen.console.Table.Column;
import dev.headstream.loadgen.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What a bench found, for people and as JSON. */
public final class BenchReport {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private BenchReport() {}

    /** A table of at most 100 columns; the other designs in proportion to headstream's, if that ran. */
    public static List<String> lines(List<DesignResult> results, Terminal terminal) {
        Optional<DesignResult> own = results.stream()
                .filter(result -> result.design().equals(Design.HEADSTREAM.id()))
                .findFirst();
        Table table = new Table(
                Column.left("design"),
                Column.right("jobs/s"),
                Column.right(""),
                Column.right("p50"),
                Column.right(""),
                Column.right("p95"),
                Column.right(""),
                Column.right("CPU-s/job"),
                Column.right(""),
                Column.right("memory"),
                Column.right(""));
        for (DesignResult result : results) {
            table.row(
                    result.design() + (result.failed() == 0 ? "" : " (" + result.failed() + " failed)"),
                    decimal(result.jobsPerSecond()),
                    ratio(result, own, DesignResult::jobsPerSecond),
                    Figures.duration(result.p50Millis()),
                    ratio(result, own, DesignResult::p50Millis),
                    Figures.duration(result.p95Millis()),
                    ratio(result, own, DesignResult::p95Millis),
                    decimal(result.cpuSecondsPerJob()),
                    ratio(result, own, DesignResult::cpuSecondsPerJob),
                    Figures.bytes(result.pssBytes()),
                    ratio(result, own, DesignResult::pssBytes));
        }
        return table.lines(terminal);
    }

    /** Writes the results as a JSON array. */
    public static void write(List<DesignResult> results, Path file) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(results));
    }

    /** One round of one design in a line. */
    static String summary(Arm.Measurement measurement) {
        RunReport report = measurement.report();
        return String.format(
                Locale.ROOT,
                "%.2f jobs/s, p50 %s, p95 %s, %.2f CPU-s a job, %s%s",
                report.jobsPerSecond(),
                Figures.duration(report.p50Millis()),
                Figures.duration(report.p95Millis()),
                measurement.cpuSecondsPerJob(),
                Figures.bytes(measurement.pssPeakBytes()),
                report.failed() == 0 ? "" : ", " + Figures.counted(report.failed(), "job") + " failed");
    }

    private static String ratio(
            DesignResult result, Optional<DesignResult> own, ToDoubleFunction<DesignResult> figure) {
        if (own.isEmpty() || own.get().equals(result) || figure.applyAsDouble(own.get()) == 0) {
            return "";
        }
        return "x" + decimal(figure.applyAsDouble(result) / figure.applyAsDouble(own.get()));
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    }
}
