package dev.headstream.worker.command;

import dev.headstream.v1.StepReport;
import dev.headstream.worker.run.RunObserver;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** Prints what a run does, as it does it: a line an action, a line a step. */
final class Timeline implements RunObserver {
    private final PrintWriter out;

    Timeline(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void actionEnded(String step, String number, String action, Duration took) {
        out.printf(Locale.ROOT, "  %7d ms    %2s %s%n", took.toMillis(), number, action);
        out.flush();
    }

    @Override
    public void actionPassedOver(String step, String number, String action, String reason, Duration took) {
        out.printf(Locale.ROOT, "  %7d ms    %2s %s: passed over, %s%n", took.toMillis(), number, action, reason);
        out.flush();
    }

    @Override
    public void stepEnded(StepReport report) {
        out.printf(
                Locale.ROOT,
                "%9d ms  %s %s%s%n",
                report.getDurationMillis(),
                report.getName(),
                report.getOutcome(),
                budget(report));
        out.flush();
    }

    private static String budget(StepReport report) {
        if (report.getBudgetMillis() == 0) {
            return "";
        }
        String verdict = report.getDurationMillis() <= report.getBudgetMillis() ? "within" : "OVER";
        return ", " + verdict + " its budget of " + report.getBudgetMillis() + " ms";
    }
}
