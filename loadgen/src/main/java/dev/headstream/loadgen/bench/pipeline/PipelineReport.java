package dev.headstream.loadgen.bench.pipeline;

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
import java.util.function.Function;

/** What the bench found, for people and as JSON. */
public final class PipelineReport {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private PipelineReport() {}

    /** A table of at most 100 columns, a line for each contender. */
    public static List<String> lines(List<PhaseFigures> figures, Terminal terminal) {
        Table table = new Table(
                Column.left("contender"),
                Column.right("no-op/s"),
                Column.right("CPU us"),
                Column.right("eff. 10 ms"),
                Column.right("CPU us"),
                Column.right("eff. log-n."),
                Column.right("added p50"),
                Column.right("added p99"),
                Column.right("repeated"));
        figures.stream()
                .map(PhaseFigures::contender)
                .distinct()
                .forEach(contender -> table.row(
                        contender,
                        cell(figures, contender, Workload.NO_OP, f -> Figures.count(Math.round(f.recordsPerSecond()))),
                        cell(
                                figures,
                                contender,
                                Workload.NO_OP,
                                f -> Figures.count(Math.round(f.cpuMicrosPerRecord()))),
                        cell(figures, contender, Workload.FIXED, PipelineReport::efficiency),
                        cell(
                                figures,
                                contender,
                                Workload.FIXED,
                                f -> Figures.count(Math.round(f.cpuMicrosPerRecord()))),
                        cell(figures, contender, Workload.LOG_NORMAL, PipelineReport::efficiency),
                        cell(figures, contender, Workload.OPEN_LOOP, f -> Math.round(f.p50AddedMillis()) + " ms"),
                        cell(figures, contender, Workload.OPEN_LOOP, f -> Math.round(f.p99AddedMillis()) + " ms"),
                        Figures.count(figures.stream()
                                .filter(f -> f.contender().equals(contender))
                                .mapToInt(PhaseFigures::repeated)
                                .sum())));
        return table.lines(terminal);
    }

    /** Writes the figures as a JSON array. */
    public static void write(List<PhaseFigures> figures, Path file) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(figures));
    }

    /** One phase of one round in a line. */
    public static String summary(PhaseFigures figures) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %,.0f records/s, %,.0f us of CPU each",
                figures.workload(),
                figures.recordsPerSecond(),
                figures.cpuMicrosPerRecord()));
        if (figures.workload().equals(Workload.OPEN_LOOP)) {
            line.append(String.format(
                    Locale.ROOT, ", added %.0f ms, p99 %.0f ms", figures.p50AddedMillis(), figures.p99AddedMillis()));
        } else if (figures.efficiency() > 0) {
            line.append(", efficiency ").append(efficiency(figures));
        }
        if (figures.repeated() > 0) {
            line.append(", ")
                    .append(Figures.counted(figures.repeated(), "result"))
                    .append(" too many");
        }
        return line.toString();
    }

    private static String efficiency(PhaseFigures figures) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * figures.efficiency());
    }

    private static String cell(
            List<PhaseFigures> figures, String contender, String workload, Function<PhaseFigures, String> text) {
        Optional<PhaseFigures> found = figures.stream()
                .filter(f -> f.contender().equals(contender) && f.workload().equals(workload))
                .findFirst();
        return found.map(text).orElse("");
    }
}
