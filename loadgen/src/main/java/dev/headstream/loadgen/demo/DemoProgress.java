package dev.headstream.loadgen.demo;

import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Style;
import dev.headstream.loadgen.console.Terminal;
import java.util.List;

/** The live block while jobs run. */
final class DemoProgress {
    private static final int BAR = 40;

    private final Terminal out;
    private final long jobs;
    private final int contexts;

    DemoProgress(Terminal out, long jobs, int contexts) {
        this.out = out;
        this.jobs = jobs;
        this.contexts = contexts;
    }

    void show(DemoResults results, WorkerSample sample, long pssPeakBytes, long elapsedMillis) {
        long done = results.jobs();
        long perHour = done < 2 ? 0 : done * 3_600_000L / results.spanMillis();
        String failed =
                results.failed() == 0 ? "0 failed" : out.paint(Style.RED, Figures.count(results.failed()) + " failed");
        String memory = sample.pssBytes().isEmpty()
                ? "memory not known yet"
                : "memory " + Figures.bytes(sample.totalPssBytes()) + " (peak " + Figures.bytes(pssPeakBytes) + ")";
        String used = sample.contexts().isEmpty() ? "starting" : sample.usedContexts() + " of " + contexts + " in use";
        String counts = Figures.count(done) + " of " + Figures.count(jobs) + " jobs done, " + failed;
        String speed = (perHour == 0 ? "-" : Figures.count(perHour)) + " jobs/hour";
        out.live(
                List.of(
                        bar(done) + "  " + out.paint(Style.BOLD, Figures.count(done)) + " of " + Figures.count(jobs)
                                + " jobs done, " + failed,
                        "contexts " + used + "   " + speed + "   " + memory,
                        out.paint(
                                Style.DIM,
                                Figures.duration(elapsedMillis) + " since the worker was started"
                                        + left(done, perHour))),
                counts + ", contexts " + used + ", " + speed + ", " + memory);
    }

    private String left(long done, long perHour) {
        return perHour == 0 || done >= jobs
                ? ""
                : ", about " + Figures.duration((jobs - done) * 3_600_000L / perHour) + " left";
    }

    private String bar(long done) {
        int filled = (int) (BAR * Math.min(done, jobs) / Math.max(1, jobs));
        return out.paint(Style.GREEN, "█".repeat(filled)) + out.paint(Style.DIM, "░".repeat(BAR - filled));
    }
}
