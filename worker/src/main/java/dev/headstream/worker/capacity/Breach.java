package dev.headstream.worker.capacity;

/** A breach of the memory limits, by what it asks for. */
public enum Breach {
    /** Replace the browser: at this moment there is no memory for a second one beside it. */
    RETIRE_BROWSER,
    /** Drain and exit with {@value #EXIT_CODE}, to be replaced: a new browser did not help. */
    REPLACE_WORKER;

    /** {@code EX_TEMPFAIL} of sysexits.h: nothing is wrong with the configuration, start another. */
    public static final int EXIT_CODE = 75;
}
