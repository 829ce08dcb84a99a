package dev.headstream.loadgen.console;

/**
 * Ends a command with one clear message on standard error (no stack trace) and an exit code of {@link ExitCodes}. The
 * message names what is wrong, where, and what to do about it; it may hold several lines when there are several problems.
 */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int exitCode;

    public CommandException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public CommandException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The code that the process ends with. */
    public int exitCode() {
        return exitCode;
    }
}
