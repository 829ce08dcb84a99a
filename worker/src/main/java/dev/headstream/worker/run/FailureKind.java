package dev.headstream.worker.run;

/** Why a job failed, as the {@code kind} of its result's error. The names are part of the contract. */
public enum FailureKind {
    /** An element was found and could not be acted on in time. */
    ACTION_TIMEOUT(true),
    /** A step did not end within its timeout. */
    STEP_TIMEOUT(true),
    /** An attempt did not end within the flow's timeout, or the job not within its deadline; the latter is final. */
    JOB_TIMEOUT(true),
    /** Nothing on the page matches a selector. */
    SELECTOR_NOT_FOUND(true),
    /** More than one element matches a selector that must match one. */
    SELECTOR_AMBIGUOUS(false),
    /** A selector cannot be parsed. */
    SELECTOR_INVALID(false),
    /** A text is not what the flow asserts. */
    ASSERTION_FAILED(false),
    /** A page could not be loaded. */
    NAVIGATION_FAILED(true),
    /** A page answered with an error status of the server's fault, or asked to come back later. */
    HTTP_STATUS_TRANSIENT(true, "HTTP_STATUS"),
    /** A page answered with an error status of the request's fault. */
    HTTP_STATUS(false),
    /** The main frame went to a host that the flow does not allow. */
    HOST_NOT_ALLOWED(false),
    /** The portal ended the session, and logging in again did not help. */
    LOGGED_OUT(true),
    /** A script of the flow threw. */
    SCRIPT_ERROR(false),
    /** The renderer of the page died, or the page closed itself. */
    PAGE_CRASHED(true),
    /** What was read from the page does not fit what the flow declares. */
    OUTPUT_INVALID(false),
    /** A secret that the flow refers to is not there. */
    SECRET_MISSING(false),
    /** A file of the job could not be stored. */
    ARTIFACT_NOT_STORED(true),
    /** A file of the job is larger than what is kept. */
    ARTIFACT_TOO_LARGE(false, "ARTIFACT_NOT_STORED"),
    /** A file that a flow gives to a page cannot be had, is too large or is not what it is said to be. */
    FILE_NOT_UPLOADED(false),
    /** An action failed in a way that none of the other kinds describes. */
    ACTION_FAILED(true),
    /** A step that must run once was begun, and nobody knows whether it took effect. */
    UNCERTAIN(false),
    /** The flow changed while the job was half done, and starting over could repeat an effect. */
    FLOW_CHANGED(false);

    private final boolean retryable;
    private final String code;

    FailureKind(boolean retryable) {
        this.retryable = retryable;
        this.code = name();
    }

    FailureKind(boolean retryable, String code) {
        this.retryable = retryable;
        this.code = code;
    }

    /** Whether another attempt may succeed. */
    public boolean isRetryable() {
        return retryable;
    }

    /**
     * Whether it is what the page had to say, and not that the page could not be had: equal questions get it again. No
     * retryable kind is.
     */
    public boolean isAnswer() {
        return this == ASSERTION_FAILED || this == OUTPUT_INVALID || this == HTTP_STATUS;
    }

    /** What stands in the result. */
    public String code() {
        return code;
    }
}
