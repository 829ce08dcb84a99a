package dev.headstream.loadgen.results;

import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Style;
import dev.headstream.loadgen.console.Table;
import dev.headstream.loadgen.console.Table.Cell;
import dev.headstream.loadgen.console.Table.Column;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Results as rows of a table that grows: the first rows that are shown together decide how wide the columns are. Confined to
 * one thread.
 */
public final class ResultRows {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MM-dd HH:mm:ss", Locale.ROOT);

    private final Terminal terminal;
    private final ZoneId zone;
    private final List<Cell[]> pending = new ArrayList<>();
    private int[] widths = {};

    public ResultRows(Terminal terminal, ZoneId zone) {
        this.terminal = terminal;
        this.zone = zone;
    }

    /** Takes a result for the next {@link #show}. */
    public void add(JobResult result) {
        JobError error = result.getError();
        pending.add(new Cell[] {
            Cell.of(time(result.getCompletedAt())),
            Cell.of(result.getJobId()),
            Cell.of(result.getFlow()),
            status(result.getStatus()),
            Cell.of(String.valueOf(result.getAttempts())),
            Cell.of(Figures.duration(result.getQueuedMillis())),
            Cell.of(Figures.duration(result.getRunMillis())),
            Cell.of(error == null ? "" : error.getKind() + ": " + error.getMessage())
        });
    }

    /** How many results wait to be shown. */
    public int pending() {
        return pending.size();
    }

    /** Prints what was added since the last time, under a heading the first time. */
    public void show() {
        if (pending.isEmpty()) {
            return;
        }
        Table table = table();
        if (widths.length == 0) {
            pending.forEach(table::row);
            widths = table.widths(terminal.columns());
            terminal.line(table.heading(terminal, widths));
        }
        pending.forEach(row -> terminal.line(table.line(terminal, widths, Arrays.asList(row))));
        pending.clear();
    }

    /** A status in its colour. */
    public static Cell status(JobStatus status) {
        return new Cell(
                status.name(),
                switch (status) {
                    case SUCCEEDED -> Style.GREEN;
                    case CANCELLED, UNKNOWN -> Style.YELLOW;
                    case FAILED, TIMED_OUT, REJECTED -> Style.RED;
                });
    }

    private String time(Instant instant) {
        return TIME.format(instant.atZone(zone));
    }

    private static Table table() {
        return new Table(
                Column.left("completed"),
                Column.flexible("job").atLeast(12),
                Column.flexible("flow").atLeast(8),
                Column.left("status").atLeast(9),
                Column.right("att"),
                Column.right("queued").atLeast(6),
                Column.right("run").atLeast(6),
                Column.flexible("error"));
    }
}
