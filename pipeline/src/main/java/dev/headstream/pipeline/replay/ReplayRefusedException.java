package dev.headstream.pipeline.replay;

/** What was asked to be replayed cannot be; the message says what, where, and what can be. */
public final class ReplayRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ReplayRefusedException(String message) {
        super(message);
    }
}
