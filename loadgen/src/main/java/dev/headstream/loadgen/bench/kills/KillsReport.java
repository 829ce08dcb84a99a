package dev.headstream.loadgen.bench.kills;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.headstream.loadgen.bench.Samples;
import dev.headstream.loadgen.console.Table;
import dev.headstream.loadgen.console.Table.Column;
import dev.headstream.loadgen.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What came out.
 *
 * @param jobs sent, and how many have their result
 * @param leftWhileUp what the worker held more than before the kills
 * @param leftAfterEnd what was left of it when it had ended
 */
public record KillsReport(
        List<FaultFigures> faults,
        long jobs,
        long results,
        Holdings before,
        Holdings after,
        Map<String, Long> leftWhileUp,
        Map<String, Long> leftAfterEnd) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    public KillsReport {
        faults = List.copyOf(faults);
        leftWhileUp = Map.copyOf(leftWhileUp);
        leftAfterEnd = Map.copyOf(leftAfterEnd);
    }

    /**
     * How soon the lane opened the next page after a fault.
     *
     * @param left what the worker held more after the last of these kills than before the first of all
     */
    public record FaultFigures(
            Fault fault, int kills, long p50Millis, long p95Millis, long maxMillis, Map<String, Long> left) {
        public FaultFigures {
            left = Map.copyOf(left);
        }

        static FaultFigures of(Fault fault, List<Long> recoveryMillis, Map<String, Long> left) {
            return new FaultFigures(
                    fault,
                    recoveryMillis.size(),
                    Samples.quantile(recoveryMillis, 0.5),
                    Samples.quantile(recoveryMillis, 0.95),
                    Samples.quantile(recoveryMillis, 1),
                    left);
        }
    }

    /** Whether nothing was left and no job lost. */
    public boolean isClean() {
        return leftWhileUp.isEmpty()
                && leftAfterEnd.isEmpty()
                && results == jobs
                && faults.stream().allMatch(fault -> fault.left().isEmpty());
    }

    /** For a person. */
    public List<String> lines(Terminal terminal) {
        Table table = new Table(
                Column.left("fault"),
                Column.right("kills"),
                Column.right("p50 ms"),
                Column.right("p95 ms"),
                Column.right("max ms"),
                Column.left("left over"));
        for (FaultFigures fault : faults) {
            table.row(
                    fault.fault().id(),
                    String.valueOf(fault.kills()),
                    String.valueOf(fault.p50Millis()),
                    String.valueOf(fault.p95Millis()),
                    String.valueOf(fault.maxMillis()),
                    words(fault.left()));
        }
        List<String> lines = new ArrayList<>(table.lines(terminal));
        lines.add("");
        lines.add("before    " + words(before));
        lines.add("after     " + words(after) + "; left over: " + words(leftWhileUp));
        lines.add("ended     left over: " + words(leftAfterEnd));
        lines.add("jobs      " + jobs + " sent, " + results + " results");
        return lines;
    }

    private static String words(Holdings held) {
        return held.processes() + " processes, " + held.threads() + " threads, " + held.descriptors() + " descriptors, "
                + held.files() + " files";
    }

    private static String words(Map<String, Long> left) {
        if (left.isEmpty()) {
            return "nothing";
        }
        return String.join(
                ", ",
                left.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .toList());
    }

    /** For a program. */
    public void write(Path file) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(this));
    }
}
