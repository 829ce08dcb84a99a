package dev.headstream.worker.command;

import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobError;

/** How a person reads that a job did not succeed. */
final class Endings {
    private static final int WIDTH = 100;

    private Endings() {}

    /** In lines of at most 100 columns, unless a word is longer. */
    static String inLines(Outcome outcome) {
        StringBuilder lines = new StringBuilder();
        int column = 0;
        for (String word : describe(outcome).split(" ", -1)) {
            if (column > 0 && column + 1 + word.length() > WIDTH) {
                lines.append(System.lineSeparator()).append("  ");
                column = 2;
            } else if (column > 0) {
                lines.append(' ');
                column++;
            }
            lines.append(word);
            column += word.length();
        }
        return lines.toString();
    }

    static String describe(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            return "FAILED " + describe(failed.error(), failed.retryable());
        }
        if (outcome instanceof Outcome.TimedOut timedOut) {
            return "TIMED_OUT " + describe(timedOut.error(), timedOut.retryable());
        }
        if (outcome instanceof Outcome.Interrupted interrupted) {
            return "INTERRUPTED " + interrupted.reason();
        }
        if (outcome instanceof Outcome.Cancelled cancelled) {
            return "CANCELLED " + cancelled.reason();
        }
        return outcome instanceof Outcome.Rejected rejected
                ? "REJECTED " + String.join("; ", rejected.problems())
                : "SUCCEEDED";
    }

    private static String describe(JobError error, boolean retryable) {
        return error.getKind() + ": " + error.getMessage() + (retryable ? " (a worker would try again)" : "");
    }
}
