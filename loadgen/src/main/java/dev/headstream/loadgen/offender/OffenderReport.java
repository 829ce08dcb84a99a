package dev.headstream.loadgen.offender;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Style;
import dev.headstream.loadgen.console.Table;
import dev.headstream.loadgen.console.Table.Cell;
import dev.headstream.loadgen.console.Table.Column;
import dev.headstream.loadgen.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;

/** Offenders for a person, and for a program. */
public final class OffenderReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Offenders offenders;

    public OffenderReport(Offenders offenders) {
        this.offenders = offenders;
    }

    /** Shows the ranking, the worst first, then what is possible and what would be. */
    public void show(Terminal out) {
        Table table = new Table(
                Column.flexible("step"),
                Column.right("share"),
                Column.right("calls/job"),
                Column.right("p50"),
                Column.right("p95"),
                Column.right("over budget"),
                Column.right("cached"),
                Column.right("coalesced"),
                Column.right("without it"));
        for (StepFigures step : offenders.steps()) {
            table.row(
                    Cell.of(step.name().toString()),
                    Cell.of(Figures.percent(offenders.share(step))),
                    Cell.of(String.format(Locale.ROOT, "%.2f", offenders.callsPerJob(step))),
                    Cell.of(Figures.duration(step.p50Millis())),
                    new Cell(Figures.duration(step.p95Millis()), step.isOverBudget() ? Style.RED : Style.PLAIN),
                    Cell.of(Figures.duration(step.overBudgetMillis())),
                    Cell.of(Figures.percent((double) step.cached() / Math.max(1, step.calls()))),
                    Cell.of(Figures.percent((double) step.coalesced() / Math.max(1, step.calls()))),
                    Cell.of(without(step) + "/h"));
        }
        out.lines(table.lines(out));
        out.line();
        topLine(out);
        out.line(capacityLine());
    }

    /** Names the worst step and what removing it would give. */
    public void topLine(Terminal out) {
        offenders.steps().stream()
                .findFirst()
                .ifPresent(top -> out.line("Top offender: " + top.name() + " takes "
                        + Figures.percent(offenders.share(top)) + " of all step time; removing it gives " + without(top)
                        + " jobs/hour, " + Figures.count(offenders.capacity().jobsPerHour()) + " are possible now."));
    }

    private String capacityLine() {
        Capacity capacity = offenders.capacity();
        return "Capacity: " + Figures.counted(capacity.contexts(), "context") + " x 3600 / "
                + String.format(Locale.ROOT, "%.2f", capacity.jobMillis() / 1_000) + " s a job = "
                + Figures.count(capacity.jobsPerHour()) + " jobs/hour; of the contexts "
                + String.format(Locale.ROOT, "%.1f", offenders.busyContexts()) + " were busy; "
                + Figures.counted(offenders.jobs(), "job") + " looked at.";
    }

    private String without(StepFigures step) {
        OptionalLong jobs = offenders.jobsPerHourWithout(step);
        return jobs.isPresent() ? Figures.count(jobs.getAsLong()) : "any number of";
    }

    /** Writes the figures as JSON; the names stay. */
    public void write(Path file) throws IOException {
        ObjectNode node = JSON.createObjectNode();
        node.put("jobs", offenders.jobs())
                .put("contexts", offenders.capacity().contexts())
                .put("averageJobMillis", Math.round(offenders.capacity().jobMillis()))
                .put("possibleJobsPerHour", offenders.capacity().jobsPerHour());
        ArrayNode steps = node.putArray("steps");
        for (StepFigures step : offenders.steps()) {
            ObjectNode one = steps.addObject()
                    .put("flow", step.name().flow())
                    .put("step", step.name().step())
                    .put("share", Math.round(offenders.share(step) * 1000) / 1000.0)
                    .put("calls", step.calls())
                    .put("callsPerJob", Math.round(offenders.callsPerJob(step) * 1000) / 1000.0)
                    .put("p50Millis", step.p50Millis())
                    .put("p95Millis", step.p95Millis())
                    .put("overBudgetMillis", step.overBudgetMillis())
                    .put("cached", step.cached())
                    .put("coalesced", step.coalesced());
            offenders.jobsPerHourWithout(step).ifPresent(jobs -> one.put("jobsPerHourWithout", jobs));
        }
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n");
    }
}
