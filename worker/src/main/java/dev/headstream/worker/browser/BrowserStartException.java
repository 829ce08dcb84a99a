package dev.headstream.worker.browser;

/** The browser cannot be started; the message names what is missing or what it answered, and what to do about it. */
public final class BrowserStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What stands in the way. */
    public enum Problem {
        /** No Node.js, or one that is too old. */
        NODE,
        /** No Chromium, or not the one that was asked for. */
        CHROMIUM,
        /** Both are there, but the browser did not come up. */
        LAUNCH,
        /** The directory that the worker keeps for the browser cannot be used. */
        WORK_DIRECTORY
    }

    private final Problem problem;

    public BrowserStartException(Problem problem, String message) {
        super(message);
        this.problem = problem;
    }

    public BrowserStartException(Problem problem, String message, Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    /** What stands in the way. */
    public Problem problem() {
        return problem;
    }
}
