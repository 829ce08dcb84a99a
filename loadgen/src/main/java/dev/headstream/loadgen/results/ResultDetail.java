package dev.headstream.loadgen.results;

import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Style;
import dev.headstream.loadgen.console.Table;
import dev.headstream.loadgen.console.Table.Cell;
import dev.headstream.loadgen.console.Table.Column;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.loadgen.console.Text;
import dev.headstream.v1.Artifact;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.SourcePosition;
import dev.headstream.v1.StepReport;
import org.jspecify.annotations.Nullable;

/** One result with everything that is known of it, for a person who asked for that job. */
public final class ResultDetail {
    private ResultDetail() {}

    /** Prints the result. */
    public static void show(Terminal terminal, JobResult result) {
        Cell status = ResultRows.status(result.getStatus());
        terminal.line(terminal.paint(Style.BOLD, Text.oneLine(result.getJobId())) + "  "
                + terminal.paint(status.style(), status.text()));
        SourcePosition source = result.getSource();
        Table facts = new Table(Column.left(""), Column.flexible(""));
        facts.row("  flow", result.getFlow() + ", version " + result.getFlowVersion());
        facts.row(
                "  event",
                source.getTopic() + ", partition " + source.getPartition() + ", offset " + source.getOffset());
        if (result.getReplayId() != null) {
            facts.row("  replay", result.getReplayId());
        }
        facts.row("  worker", result.getWorker());
        facts.row("  completed", result.getCompletedAt().toString());
        facts.row(
                "  time",
                Figures.duration(result.getQueuedMillis()) + " queued, " + Figures.duration(result.getRunMillis())
                        + " in a browser, " + Figures.counted(result.getAttempts(), "attempt"));
        for (Artifact artifact : result.getArtifacts()) {
            facts.row("  artifact", artifact.getName() + ": " + artifact.getUri());
        }
        facts.lines(terminal).stream().skip(1).forEach(terminal::line);
        showError(terminal, result.getError());
        showSteps(terminal, result);
        if (result.getOutputJson() != null) {
            terminal.line();
            ResultJson.pretty(result.getOutputJson()).lines().map(Text::oneLine).forEach(terminal::line);
        }
    }

    private static void showError(Terminal terminal, @Nullable JobError error) {
        if (error == null) {
            return;
        }
        terminal.line();
        String where = error.getStep() == null ? "" : " in step " + error.getStep();
        terminal.line(terminal.paint(Style.RED, Text.oneLine(error.getKind() + where)));
        error.getMessage().lines().map(line -> "  " + Text.oneLine(line)).forEach(terminal::line);
    }

    private static void showSteps(Terminal terminal, JobResult result) {
        if (result.getSteps().isEmpty()) {
            return;
        }
        Table steps = new Table(
                Column.flexible("step"), Column.left("outcome"), Column.right("took"), Column.right("budget"));
        for (StepReport step : result.getSteps()) {
            boolean over = step.getBudgetMillis() > 0 && step.getDurationMillis() > step.getBudgetMillis();
            steps.row(
                    Cell.of(step.getName()),
                    Cell.of(step.getOutcome().name()),
                    new Cell(Figures.duration(step.getDurationMillis()), over ? Style.YELLOW : Style.PLAIN),
                    Cell.of(step.getBudgetMillis() > 0 ? Figures.duration(step.getBudgetMillis()) : ""));
        }
        terminal.line();
        terminal.lines(steps.lines(terminal));
    }
}
