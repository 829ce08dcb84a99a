package dev.headstream.worker.browser;

/** A lane's own driver did not come up, for which the browser is not to blame. */
final class NoDriverException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoDriverException(RuntimeException cause) {
        super("the lane's driver does not start: " + cause.getMessage(), cause);
    }
}
