package dev.headstream.worker.browser;

/** The page, its connection or the browser went away under a task. */
public final class BrowserFailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went away. */
    public enum Kind {
        /** The renderer of this page died: the job's own doing as far as one can tell, counts as an attempt. */
        PAGE_CRASHED,
        /** The lane's connection, Node or Chromium died: not the job's doing, does not count as an attempt. */
        DISCONNECTED
    }

    private final Kind kind;

    public BrowserFailureException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What went away. */
    public Kind kind() {
        return kind;
    }
}
