package dev.headstream.loadgen.stack;

/** A part of the local stack could not be started or stopped; the message says which, why and what to do about it. */
public final class StackException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StackException(String message) {
        super(message);
    }

    public StackException(String message, Throwable cause) {
        super(message, cause);
    }
}
