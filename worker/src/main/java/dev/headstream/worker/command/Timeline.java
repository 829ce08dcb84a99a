package dev.headstream.worker.command;

import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import dev.headstream.worker.run.RunObserver;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;

/** Prints what a run does, as it does it: a line an action, a line a step, in at most 100 columns. */
final class Timeline implements RunObserver {
    private static final int WIDTH = 100;

    private final PrintWriter out;
    private final Ansi ansi;

    Timeline(PrintWriter out, Ansi ansi) {
        this.out = out;
        this.ansi = ansi;
    }

    @Override
    public void actionEnded(String step, String number, String action, Duration took) {
        action(number, action, "", took, Ansi.Style.reset);
    }

    @Override
    public void actionPassedOver(String step, String number, String action, String reason, Duration took) {
        action(number, action, ": passed over, " + reason, took, Ansi.Style.faint);
    }

    @Override
    public void actionFailed(String step, String number, String action, String reason, Duration took) {
        action(number, action, ": " + reason, took, Ansi.Style.fg_red);
    }

    private void action(String number, String action, String ending, Duration took, Ansi.Style style) {
        String line = String.format(Locale.ROOT, "  %7d ms    %2s %s", took.toMillis(), number, action);
        int room = WIDTH - ending.length();
        print((line.length() > room ? line.substring(0, room - 3) + "..." : line) + ending, style);
    }

    @Override
    public void stepEnded(StepReport report) {
        boolean over = report.getBudgetMillis() > 0 && report.getDurationMillis() > report.getBudgetMillis();
        print(
                String.format(
                        Locale.ROOT,
                        "%9d ms  %s %s%s",
                        report.getDurationMillis(),
                        report.getName(),
                        report.getOutcome(),
                        budget(report)),
                report.getOutcome() == StepOutcome.FAILED
                        ? Ansi.Style.fg_red
                        : over ? Ansi.Style.fg_yellow : Ansi.Style.bold);
    }

    private static String budget(StepReport report) {
        if (report.getBudgetMillis() == 0) {
            return "";
        }
        String verdict = report.getDurationMillis() <= report.getBudgetMillis() ? "within" : "OVER";
        return ", " + verdict + " its budget of " + report.getBudgetMillis() + " ms";
    }

    private void print(String line, Ansi.Style style) {
        boolean plain = !ansi.enabled() || style == Ansi.Style.reset;
        out.println(plain ? line : style.on() + line + Ansi.Style.reset.on());
        out.flush();
    }
}
