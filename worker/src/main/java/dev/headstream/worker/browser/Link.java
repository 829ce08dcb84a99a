package dev.headstream.worker.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import java.time.Duration;

/**
 * A lane's connection to the browser. {@link #browser()} and all born of it belong to the lane's thread, as do the methods
 * that say so; everything else may be called from any.
 */
interface Link {
    /** How long after an error the connection's end is waited for, to tell a lost browser from a page that closed. */
    Duration AFTERMATH = Duration.ofMillis(300);

    /** Makes links of one kind. Thread-safe. */
    interface Opener {
        /** Connects to the server; blocks, and can be interrupted. */
        Link open(LaneServer server, Duration timeout);

        /** How long that may take where a bare connection may take so long. */
        default Duration patience(Duration connect) {
            return connect;
        }
    }

    Browser browser();

    /** What this is a connection to. */
    LaneServer server();

    /** The version of the browser. */
    String version();

    boolean isClosed();

    /**
     * Whether the connection is closed, or closes within that time. Chromium's end is seen as errors of its pages a few
     * milliseconds before Node's end closes the connection.
     */
    boolean closesWithin(Duration atMost);

    String closedBecause();

    /** Has crashes of the pages of a new context noted. On the lane's thread. */
    default void watch(BrowserContext context) {}

    /** Waits until all that the browser has said up to now has been read. On the lane's thread. */
    default void catchUp(BrowserContext context) {}

    /** Whether a page is known to have crashed since {@link #forgetCrash()}. */
    boolean crashed();

    void forgetCrash();

    /** Closes it; the server disposes of all that was opened through it. A blocked call fails at once. Idempotent. */
    void drop(String reason);

    /** Drops it, and frees what belongs to the lane's thread: no call is to follow. On the lane's thread; idempotent. */
    default void release() {
        drop("released by its lane");
    }

    /** Asks Node for a sign of life, to be counted in {@link #received()}. Does not wait. */
    void ping();

    long received();
}
