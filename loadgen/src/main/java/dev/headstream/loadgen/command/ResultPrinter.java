package dev.headstream.loadgen.command;

import dev.headstream.loadgen.console.Terminal;
import dev.headstream.loadgen.results.ResultJson;
import dev.headstream.loadgen.results.ResultRows;
import dev.headstream.v1.JobResult;
import java.time.ZoneId;

/** Prints results in the chosen format as they come. Confined to one thread. */
final class ResultPrinter {
    private static final int TOGETHER = 200;

    private final Terminal out;
    private final ResultFormat format;
    private final ResultRows rows;

    ResultPrinter(Terminal out, ResultFormat format) {
        this.out = out;
        this.format = format;
        this.rows = new ResultRows(out, ZoneId.systemDefault());
    }

    void add(JobResult result) {
        if (format == ResultFormat.JSONL) {
            out.line(ResultJson.line(result));
            return;
        }
        rows.add(result);
        if (rows.pending() >= TOGETHER) {
            rows.show();
        }
    }

    /** Shows what waits to be laid out in columns. */
    void show() {
        rows.show();
    }
}
