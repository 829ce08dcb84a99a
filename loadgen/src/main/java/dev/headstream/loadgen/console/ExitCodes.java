package dev.headstream.loadgen.console;

/** What the commands end with: 0 and 1 as usual, the rest as in BSD's {@code sysexits.h}. */
public final class ExitCodes {
    /** All went well. */
    public static final int OK = 0;
    /** The command did its work, and the answer is no: a job did not succeed, a result was not found. */
    public static final int FAILED = 1;
    /** The command line is wrong. */
    public static final int USAGE = 64;
    /** The input data is wrong. */
    public static final int DATA = 65;
    /** A file cannot be read. */
    public static final int NO_INPUT = 66;
    /** Something that is needed does not answer: a broker, a registry, a browser. */
    public static final int UNAVAILABLE = 69;
    /** An error of ours. */
    public static final int SOFTWARE = 70;
    /** Stopped by Ctrl-C. */
    public static final int INTERRUPTED = 130;

    private ExitCodes() {}
}
