package dev.headstream.worker.browser;

import java.time.Duration;

/** A deadline of ours passed and the lane was interrupted. */
public final class DeadlineExceededException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Duration timeout;

    public DeadlineExceededException(Duration timeout) {
        super("not done within " + timeout.toMillis() + " ms");
        this.timeout = timeout;
    }

    /** How long the body had. */
    public Duration timeout() {
        return timeout;
    }
}
