package dev.headstream.loadgen.submit;

import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Text;
import dev.headstream.v1.JobRequested;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The first look at a file: counts its jobs and collects what is wrong with them. */
public final class InputProblems implements JobFile.Visitor {
    private static final int SHOWN = 20;

    private final List<String> first = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private long jobs;
    private long problems;
    private long repeated;

    @Override
    public void job(long line, JobRequested job) {
        jobs++;
        if (!ids.add(job.getJobId())) {
            repeated++;
        }
    }

    @Override
    public void problem(long line, String problem) {
        problems++;
        if (first.size() < SHOWN) {
            first.add((line > 0 ? "line " + line + ": " : "") + Text.oneLine(problem));
        }
    }

    /** The jobs that could be sent. */
    public long jobs() {
        return jobs;
    }

    /** How many jobs have the id of an earlier one; they run once and get one result together. */
    public long repeated() {
        return repeated;
    }

    /** Whether nothing is wrong. */
    public boolean isEmpty() {
        return problems == 0;
    }

    /** All problems, at most 20 of them in words. */
    public String describe(String file) {
        StringBuilder text =
                new StringBuilder(Figures.counted(problems, "problem") + " in " + file + ", nothing was sent:");
        first.forEach(problem -> text.append("\n  ").append(problem));
        if (problems > first.size()) {
            text.append("\n  and ")
                    .append(Figures.count(problems - first.size()))
                    .append(" more");
        }
        return text.toString();
    }
}
