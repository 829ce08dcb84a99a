package dev.headstream.worker.command;

/** What the commands end with; the names are those of {@code sysexits.h} where it has one. */
final class ExitCodes {
    static final int OK = 0;
    /** A job ran and did not succeed. */
    static final int FAILED = 1;
    /** The command line is wrong, or the inputs of a job are. */
    static final int USAGE = 64;
    /** A flow is wrong. */
    static final int BAD_FLOW = 65;
    /** There is no browser to run it in. */
    static final int UNAVAILABLE = 69;
    /** An error of ours. */
    static final int SOFTWARE = 70;

    private ExitCodes() {}
}
