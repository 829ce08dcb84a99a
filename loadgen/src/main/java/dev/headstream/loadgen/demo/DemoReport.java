package dev.headstream.loadgen.demo;

import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Style;
import dev.headstream.loadgen.console.Table;
import dev.headstream.loadgen.console.Table.Cell;
import dev.headstream.loadgen.console.Table.Column;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.loadgen.console.Text;
import dev.headstream.loadgen.offender.Capacity;
import dev.headstream.v1.JobResult;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The end of a run for a person: did it pass, how fast was it, what did it cost, where to look next. */
final class DemoReport {
    private static final int FAILURES_SHOWN = 5;

    private final Terminal out;

    DemoReport(Terminal out) {
        this.out = out;
    }

    void show(DemoFigures figures, List<JobResult> unsuccessful) {
        showVerdict(figures);
        showFailures(unsuccessful);
        showSteps(figures);
        showSpeed(figures);
        showMemory(figures);
    }

    private void showVerdict(DemoFigures figures) {
        heading("Results");
        Table table = new Table(Column.left("status"), Column.right("jobs"));
        figures.byStatus()
                .forEach((status, count) -> table.row(
                        new Cell(status, status.equals("SUCCEEDED") ? Style.GREEN : Style.RED),
                        Cell.of(Figures.count(count))));
        if (figures.missing() > 0) {
            table.row(new Cell("no result", Style.RED), Cell.of(Figures.count(figures.missing())));
        }
        out.lines(table.lines(out));
        String read = Figures.counted(figures.results(), "result") + " read back with read_committed for "
                + Figures.counted(figures.jobs(), "job") + ", " + Figures.counted(figures.duplicates(), "duplicate");
        out.line(
                figures.passed()
                        ? out.paint(Style.GREEN, "PASSED") + "  " + read
                        : out.paint(Style.RED, "NOT PASSED") + "  " + read);
    }

    private void showFailures(List<JobResult> unsuccessful) {
        for (JobResult result : unsuccessful.stream().limit(FAILURES_SHOWN).toList()) {
            String error = result.getError() == null
                    ? ""
                    : result.getError().getKind() + ": " + result.getError().getMessage();
            out.line(Text.fit(
                    "  " + Text.oneLine(result.getJobId() + "  " + result.getStatus() + "  " + error), out.columns()));
        }
        if (unsuccessful.size() > FAILURES_SHOWN) {
            out.line("  and " + Figures.count(unsuccessful.size() - FAILURES_SHOWN) + " more");
        }
    }

    private void showSteps(DemoFigures figures) {
        if (figures.steps().isEmpty()) {
            return;
        }
        heading("Steps");
        Table table = new Table(
                Column.flexible("step"),
                Column.right("jobs"),
                Column.right("p50"),
                Column.right("p95"),
                Column.right("budget (p95)"),
                Column.right("share of time"),
                Column.right("reused"));
        for (DemoFigures.Step step : figures.steps()) {
            table.row(
                    Cell.of(step.name()),
                    Cell.of(Figures.count(step.count())),
                    Cell.of(Figures.duration(step.p50Millis())),
                    new Cell(
                            Figures.duration(step.p95Millis()),
                            step.budgetMillis() == 0 ? Style.PLAIN : step.isOverBudget() ? Style.RED : Style.GREEN),
                    Cell.of(step.budgetMillis() == 0 ? "none" : Figures.duration(step.budgetMillis())),
                    Cell.of(Figures.percent(step.share())),
                    Cell.of(Figures.count(step.reused())));
        }
        table.row(
                Cell.of("whole job"),
                Cell.of(Figures.count(figures.jobs() - figures.missing())),
                Cell.of(Figures.duration(figures.p50Millis())),
                Cell.of(Figures.duration(figures.p95Millis())),
                Cell.of(""),
                Cell.of(""),
                Cell.of(""));
        out.lines(table.lines(out));
        figures.steps().stream()
                .max(Comparator.comparingDouble(DemoFigures.Step::share))
                .ifPresent(top -> out.line("Top offender: " + top.name() + " takes " + Figures.percent(top.share())
                        + " of all step time; without it " + withoutStep(figures, top) + " jobs/hour were possible."));
    }

    /** What would be possible if a step took no time at all. */
    private static String withoutStep(DemoFigures figures, DemoFigures.Step step) {
        double jobMillis = figures.possibleJobsPerHour() == 0
                ? 0
                : figures.contexts() * 3_600_000.0 / figures.possibleJobsPerHour();
        OptionalLong jobs = new Capacity(figures.contexts(), jobMillis).without(step.share() * jobMillis);
        return jobs.isPresent() ? Figures.count(jobs.getAsLong()) : "any number of";
    }

    private void showSpeed(DemoFigures figures) {
        heading("Speed");
        facts(
                Map.entry(
                        Figures.count(figures.jobsPerHour()) + " jobs/hour",
                        "measured, from the first job's start to the last one's end"),
                Map.entry(
                        Figures.count(figures.possibleJobsPerHour()) + " jobs/hour",
                        "possible: " + Figures.counted(figures.contexts(), "context")
                                + " x 3600 / average job seconds"),
                Map.entry(
                        Figures.duration(figures.workerStartMillis()),
                        "from the start of the worker's process to its first job"),
                Map.entry(
                        Figures.duration(Math.round(figures.wallSeconds() * 1000)),
                        "from the start of the worker's process to the last result"));
        if (figures.workerRestarts() > 0) {
            out.line(out.paint(
                    Style.YELLOW, "The worker had to be started again " + times(figures.workerRestarts()) + "."));
        }
    }

    private void showMemory(DemoFigures figures) {
        heading("Memory of the worker, peak (PSS)");
        if (figures.pssPeakBytes() == 0) {
            out.line("not told by the worker's /metrics");
            return;
        }
        Table table = new Table(Column.left("process"), Column.right("peak"));
        figures.pssPeakByProcess().entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .forEach(entry -> table.row(entry.getKey(), Figures.bytes(entry.getValue())));
        table.row(Cell.of("all at the same time"), new Cell(Figures.bytes(figures.pssPeakBytes()), Style.BOLD));
        out.lines(table.lines(out));
    }

    void showNext(boolean kept, String dataFolder, String oneJob) {
        heading("Where to look next");
        if (kept) {
            facts(
                    Map.entry("headstream stack --data " + dataFolder, "starts the same Kafka again"),
                    Map.entry("headstream results --job " + oneJob, "then shows one job with its steps and outputs"),
                    Map.entry(dataFolder + "/worker.log", "what the worker said"));
        } else {
            facts(
                    Map.entry("deploy/flows/demo.yaml", "the flow that ran; write your own beside it"),
                    Map.entry("headstream flow run FILE", "tries a flow, without Kafka"),
                    Map.entry("headstream stack", "Kafka and a registry to work against, on this machine"),
                    Map.entry("headstream worker", "a worker for it"),
                    Map.entry("headstream submit FLOW --wait", "a job for the worker"),
                    Map.entry("headstream demo --data DIR", "the demo again, keeping its data and the worker's log"));
        }
    }

    @SafeVarargs
    private void facts(Map.Entry<String, String>... facts) {
        Table table = new Table(Column.left(""), Column.flexible(""));
        for (Map.Entry<String, String> fact : facts) {
            table.row(new Cell(fact.getKey(), Style.BOLD), Cell.of(fact.getValue()));
        }
        out.lines(table.lines(out).stream().skip(1).toList());
    }

    private void heading(String text) {
        out.line();
        out.line(out.paint(Style.BOLD, text));
    }

    private static String times(int count) {
        return count == 1 ? "once" : count + " times";
    }
}
