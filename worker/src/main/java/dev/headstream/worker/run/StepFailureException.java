package dev.headstream.worker.run;

/** A step failed, and why is known. The message is complete but for the step's name, and not masked yet. */
public final class StepFailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    public StepFailureException(FailureKind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public StepFailureException(FailureKind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Why. */
    public FailureKind kind() {
        return kind;
    }

    /** What went wrong, always there. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
