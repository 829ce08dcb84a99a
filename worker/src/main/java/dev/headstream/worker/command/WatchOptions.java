package dev.headstream.worker.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which the author of a flow looks at one run closely. */
final class WatchOptions {
    @Option(
            names = "--timeline",
            description =
                    "Print at the end what every action took, as bars along the run's time. An action is slow that"
                            + " takes half of its step's budget or more.")
    private boolean timeline;

    @Option(
            names = "--trace",
            paramLabel = "FILE.html",
            description = "Write the same as a page with a picture after each action, on which secrets are covered."
                    + " Taking them costs time, which counts. (Playwright's own traces are not written: they hold"
                    + " every secret that is typed.)")
    private @Nullable Path trace;

    @Option(
            names = "--pause-on-failure",
            description = "Leave the page open that the run fails on, and wait for Enter; to look at it add --headed."
                    + " Needs a terminal.")
    private boolean pauseOnFailure;

    boolean timeline() {
        return timeline;
    }

    @Nullable
    Path trace() {
        return trace;
    }

    boolean pauseOnFailure() {
        return pauseOnFailure;
    }

    boolean records() {
        return timeline || trace != null;
    }

    /** The first of them that makes sense for a single run only; null if none is given. */
    @Nullable
    String ofOneRun() {
        return timeline ? "--timeline" : trace != null ? "--trace" : pauseOnFailure ? "--pause-on-failure" : null;
    }
}
