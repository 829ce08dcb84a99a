package dev.headstream.worker;

/** Something outside that the worker needs is not there; the process exits with {@link #EXIT_CODE}. */
final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** {@code EX_UNAVAILABLE} of sysexits.h: starting again later may help. */
    static final int EXIT_CODE = 69;

    UnavailableException(String message) {
        super(message);
    }
}
