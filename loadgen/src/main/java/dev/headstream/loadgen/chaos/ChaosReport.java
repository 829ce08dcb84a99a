package dev.headstream.loadgen.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headstream.loadgen.audit.Finding;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Style;
import dev.headstream.loadgen.console.Table;
import dev.headstream.loadgen.console.Table.Cell;
import dev.headstream.loadgen.console.Table.Column;
import dev.headstream.loadgen.console.Terminal;
import java.util.ArrayList;
import java.util.List;

/** What became of all cases. */
public final class ChaosReport {
    private static final List<String> LETTERS = List.of("A", "B", "C", "D", "E", "F", "G", "H", "I", "J");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<CaseReport> cases;

    ChaosReport(List<CaseReport> cases) {
        this.cases = List.copyOf(cases);
    }

    /** Whether there was at least one case, and nothing was wrong with any. */
    public boolean passed() {
        return !cases.isEmpty() && cases.stream().allMatch(CaseReport::passed);
    }

    /** What was wrong, in words; for tests. */
    public String problems() {
        List<String> lines = new ArrayList<>();
        cases.forEach(report -> lines.addAll(problems(report)));
        return String.join(System.lineSeparator(), lines);
    }

    /** The report for people: case by invariant, then how long takeovers took. What was wrong was said of each case as it
     * ended. */
    public List<String> lines(Terminal terminal) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.flexible("case"));
        LETTERS.forEach(letter -> columns.add(Column.left(letter)));
        columns.add(Column.right("took"));
        columns.add(Column.left(""));
        Table table = new Table(columns.toArray(Column[]::new));
        cases.forEach(report -> table.row(row(report)));
        List<String> lines = new ArrayList<>(table.lines(terminal));
        List<Long> takeovers = cases.stream()
                .flatMap(report -> report.takeoverMillis().stream())
                .sorted()
                .toList();
        if (!takeovers.isEmpty()) {
            lines.add("");
            lines.add("From a kill to the first of its jobs that another worker began: p50 "
                    + Figures.duration(percentile(takeovers, 50)) + ", p95 "
                    + Figures.duration(percentile(takeovers, 95)) + ", most "
                    + Figures.duration(takeovers.get(takeovers.size() - 1)) + " of "
                    + Figures.counted(takeovers.size(), "kill") + ".");
            lines.add("The session timeout is " + Figures.duration(Stage.SESSION)
                    + " here; a transaction that a killed worker left open is ended within half of it.");
        }
        return lines;
    }

    private static Cell[] row(CaseReport report) {
        List<Cell> row = new ArrayList<>();
        row.add(Cell.of(report.name()));
        LETTERS.forEach(letter -> row.add(report.finding(letter)
                .map(finding -> finding.holds() ? new Cell("ok", Style.GREEN) : new Cell("NO", Style.RED))
                .orElse(new Cell("-", Style.DIM))));
        row.add(Cell.of(Figures.duration(report.took())));
        row.add(report.passed() ? new Cell("passed", Style.GREEN) : new Cell("FAILED", Style.RED));
        return row.toArray(Cell[]::new);
    }

    /** What was wrong with one case, in words. */
    static List<String> problems(CaseReport report) {
        List<String> problems = new ArrayList<>(report.disappointments());
        report.findings().ifPresent(found -> found.findings().stream()
                .filter(finding -> !finding.holds())
                .forEach(finding -> add(finding, problems)));
        return problems;
    }

    private static void add(Finding finding, List<String> problems) {
        problems.add(finding.invariant().letter() + ", " + finding.invariant().title() + ": "
                + Figures.count(finding.breaches()) + " of " + Figures.count(finding.checked()));
        finding.examples().forEach(example -> problems.add("   " + example));
    }

    private static long percentile(List<Long> sorted, int percent) {
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }

    /** The report for programs; the names stay. */
    public String json() {
        ArrayNode all = JSON.createArrayNode();
        for (CaseReport report : cases) {
            ObjectNode one = all.addObject()
                    .put("case", report.name())
                    .put("seed", report.seed())
                    .put("passed", report.passed());
            ObjectNode invariants = one.putObject("invariants");
            LETTERS.forEach(
                    letter -> report.finding(letter).ifPresent(finding -> invariants.put(letter, finding.holds())));
            one.put("seconds", report.took().toMillis() / 1000.0);
            ArrayNode takeovers = one.putArray("takeoverMillis");
            report.takeoverMillis().forEach(takeovers::add);
            ArrayNode problems = one.putArray("problems");
            problems(report).forEach(problems::add);
            ArrayNode notes = one.putArray("notes");
            report.notes().forEach(notes::add);
        }
        return all.toPrettyString();
    }
}
