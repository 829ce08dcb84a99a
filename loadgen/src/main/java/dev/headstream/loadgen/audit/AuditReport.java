package dev.headstream.loadgen.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Style;
import dev.headstream.loadgen.console.Table;
import dev.headstream.loadgen.console.Table.Cell;
import dev.headstream.loadgen.console.Table.Column;
import dev.headstream.loadgen.console.Terminal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What an audit found.
 *
 * @param read how much the topics held
 * @param findings one for each {@link Invariant}, in their order
 */
public record AuditReport(Instant at, Read read, List<Finding> findings) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public AuditReport {
        findings = List.copyOf(findings);
    }

    /**
     * How much there was to judge.
     *
     * @param submissions lines of the ledger; the events where there is none
     * @param checkpoints entries of the journal that compaction has left
     */
    public record Read(
            long submissions, long events, long results, long deadLetters, long checkpoints, int partitions) {}

    /** Whether all invariants held. */
    public boolean holds() {
        return findings.stream().allMatch(Finding::holds);
    }

    /** The finding about an invariant. */
    public Finding of(Invariant invariant) {
        return findings.stream()
                .filter(finding -> finding.invariant() == invariant)
                .findFirst()
                .orElseThrow();
    }

    /** The report for people: a table, then examples of what is wrong. */
    public List<String> lines(Terminal terminal) {
        Table table = new Table(
                Column.left(""),
                Column.flexible("invariant"),
                Column.right("checked"),
                Column.right("breaches"),
                Column.left(""));
        for (Finding finding : findings) {
            table.row(
                    Cell.of(finding.invariant().letter()),
                    Cell.of(finding.invariant().title()),
                    Cell.of(Figures.count(finding.checked())),
                    Cell.of(Figures.count(finding.breaches())),
                    verdict(finding));
        }
        List<String> lines = new ArrayList<>(table.lines(terminal));
        for (Finding finding : findings) {
            if (!finding.holds()) {
                lines.add("");
                lines.add(terminal.paint(
                        Style.RED,
                        finding.invariant().letter() + "  "
                                + finding.invariant().title()));
                finding.examples()
                        .forEach(example -> lines.add("   " + Cell.of(example).text()));
                long more = finding.breaches() - finding.examples().size();
                if (more > 0) {
                    lines.add("   and " + Figures.count(more) + " more");
                }
            }
        }
        lines.add("");
        lines.add(Figures.counted(read.submissions(), "submission") + ", " + Figures.counted(read.events(), "event")
                + ", " + Figures.counted(read.results(), "result") + ", "
                + Figures.counted(read.deadLetters(), "dead letter") + ", "
                + Figures.counted(read.checkpoints(), "checkpoint") + " in "
                + Figures.counted(read.partitions(), "partition"));
        return lines;
    }

    private static Cell verdict(Finding finding) {
        if (!finding.holds()) {
            return new Cell("broken", Style.RED);
        }
        return finding.checked() > 0 || finding.invariant() == Invariant.OPEN_TRANSACTIONS
                ? new Cell("holds", Style.GREEN)
                : new Cell("nothing to check", Style.DIM);
    }

    /** The report for programs; the names stay. */
    public String json() {
        ObjectNode node = JSON.createObjectNode();
        node.put("at", at.toString());
        node.put("holds", holds());
        node.putObject("read")
                .put("submissions", read.submissions())
                .put("events", read.events())
                .put("results", read.results())
                .put("deadLetters", read.deadLetters())
                .put("checkpoints", read.checkpoints())
                .put("partitions", read.partitions());
        ArrayNode all = node.putArray("findings");
        for (Finding finding : findings) {
            ObjectNode one = all.addObject()
                    .put("invariant", finding.invariant().letter())
                    .put("title", finding.invariant().title())
                    .put("checked", finding.checked())
                    .put("breaches", finding.breaches());
            ArrayNode examples = one.putArray("examples");
            finding.examples().forEach(examples::add);
        }
        return node.toPrettyString();
    }
}
