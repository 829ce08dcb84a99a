package dev.headstream.loadgen.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Style;
import dev.headstream.loadgen.console.Table;
import dev.headstream.loadgen.console.Table.Cell;
import dev.headstream.loadgen.console.Table.Column;
import dev.headstream.loadgen.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the arms came to, for people and as JSON. */
public final class StepsReport {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private StepsReport() {}

    /** A table, each arm in proportion to the one that spares nothing, if that ran. */
    public static void show(List<StepsFigures> figures, Terminal out) {
        Optional<StepsFigures> none =
                figures.stream().filter(arm -> arm.arm() == StepsArm.NONE).findFirst();
        Table table = new Table(
                Column.left("arm"),
                Column.right("steps/s"),
                Column.right(""),
                Column.right("jobs/hour"),
                Column.right("search p95"),
                Column.right("job p95"),
                Column.right("jobs"),
                Column.right("failed"));
        for (StepsFigures arm : figures) {
            table.row(
                    Cell.of(arm.arm().id()),
                    Cell.of(String.format(Locale.ROOT, "%.2f", arm.stepsPerSecond())),
                    Cell.of(none.filter(base -> base.stepsPerSecond() > 0)
                            .map(base -> "x"
                                    + String.format(Locale.ROOT, "%.1f", arm.stepsPerSecond() / base.stepsPerSecond()))
                            .orElse("")),
                    Cell.of(Figures.count(arm.jobsPerHour())),
                    Cell.of(Figures.duration(arm.searchP95Millis())),
                    Cell.of(Figures.duration(arm.jobP95Millis())),
                    Cell.of(Figures.count(arm.jobs())),
                    new Cell(Figures.count(arm.failed()), arm.failed() == 0 ? Style.PLAIN : Style.RED));
        }
        out.lines(table.lines(out));
    }

    /** Writes the figures as a JSON array. */
    public static void write(List<StepsFigures> figures, Path file) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(figures));
    }
}
