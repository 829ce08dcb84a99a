package dev.headstream.worker.command;

import dev.headstream.v1.StepOutcome;
import dev.headstream.worker.command.RunRecord.Ending;
import dev.headstream.worker.command.RunRecord.Entry;
import dev.headstream.worker.command.RunRecord.StepEntry;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;

/** Prints what a run did as bars along its time, in at most 100 columns; what took much of its step's budget is marked. */
final class Waterfall {
    /** Share of a step's budget from which an action is called slow, in percent. */
    static final int SLOW = 50;

    private static final int NAME = 40;
    private static final int BAR = 24;

    private final PrintWriter out;
    private final Ansi ansi;

    Waterfall(PrintWriter out, Ansi ansi) {
        this.out = out;
        this.ansi = ansi;
    }

    void print(RunRecord record) {
        long whole = Math.max(1, record.length().toMillis());
        out.println();
        out.println(
                bold(String.format(Locale.ROOT, "  %8s %9s  %-" + NAME + "s  of %,d ms", "at", "took", "what", whole)));
        for (StepEntry step : record.steps()) {
            String verdict = verdict(step);
            line(step.at(), step.took(), step.name(), whole, verdict, colour(step));
            for (Entry action : step.actions()) {
                String name = "  ".repeat(1 + action.depth()) + action.number() + " " + action.action();
                line(action.at(), action.took(), name, whole, mark(step, action), colour(step, action));
            }
        }
        out.flush();
    }

    private static String verdict(StepEntry step) {
        if (step.outcome() != StepOutcome.RAN && step.outcome() != StepOutcome.FAILED) {
            return step.outcome().name().toLowerCase(Locale.ROOT);
        }
        long percent = step.percentOfBudget(step.took());
        String failed = step.outcome() == StepOutcome.FAILED ? "FAILED" : "";
        return failed.isEmpty() && percent > 0 ? (percent > 100 ? "OVER " : "") + percent + "%" : failed;
    }

    private static String mark(StepEntry step, Entry action) {
        if (action.ending() == Ending.FAILED) {
            return "FAILED";
        }
        if (action.ending() == Ending.PASSED_OVER) {
            return "passed over";
        }
        long percent = step.percentOfBudget(action.took());
        return percent >= SLOW ? "slow " + percent + "%" : "";
    }

    private static Ansi.Style colour(StepEntry step) {
        return step.outcome() == StepOutcome.FAILED
                ? Ansi.Style.fg_red
                : step.percentOfBudget(step.took()) > 100 ? Ansi.Style.fg_yellow : Ansi.Style.bold;
    }

    private static Ansi.Style colour(StepEntry step, Entry action) {
        return switch (action.ending()) {
            case FAILED -> Ansi.Style.fg_red;
            case PASSED_OVER -> Ansi.Style.faint;
            case DONE -> step.percentOfBudget(action.took()) >= SLOW ? Ansi.Style.fg_yellow : Ansi.Style.reset;
        };
    }

    private void line(Duration at, Duration took, String name, long whole, String mark, Ansi.Style style) {
        String text = String.format(
                        Locale.ROOT,
                        "  %,8d %,9d  %-" + NAME + "s  %s %s",
                        at.toMillis(),
                        took.toMillis(),
                        shortened(name),
                        bar(at.toMillis(), took.toMillis(), whole),
                        mark)
                .stripTrailing();
        out.println(styled(text, style));
    }

    private static String shortened(String name) {
        return name.length() <= NAME ? name : name.substring(0, NAME - 3) + "...";
    }

    /** Where in the whole it lies; what is shorter than a column has one all the same. */
    private static String bar(long at, long took, long whole) {
        int from = (int) Math.min(BAR - 1, at * BAR / whole);
        int to = (int) Math.min(BAR, Math.max(from + 1, (at + took) * BAR / whole));
        return " ".repeat(from) + "#".repeat(to - from) + " ".repeat(BAR - to);
    }

    private String bold(String text) {
        return styled(text, Ansi.Style.bold);
    }

    /** Not by picocli's markup, for which a text may hold the signs. */
    private String styled(String text, Ansi.Style style) {
        if (!ansi.enabled() || style == Ansi.Style.reset) {
            return text;
        }
        return style.on() + text + Ansi.Style.reset.on();
    }
}
