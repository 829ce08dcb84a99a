package dev.headstream.worker.browser;

/** Whether there is a browser. */
public enum BrowserState {
    /** Up: lanes can connect. */
    RUNNING,
    /** Gone, and being started again; tasks wait. */
    RESTARTING,
    /** Could not be started again for a long time: tasks fail, the process should be replaced. */
    FAILED,
    /** Closed for good. */
    CLOSED
}
