package dev.headstream.worker.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.impl.LaneConnection;
import java.net.http.HttpClient;
import java.time.Duration;

/**
 * A lane's connection to the browser. {@link #browser()} and all born of it belong to the lane's thread; everything else
 * may be called from any.
 */
final class Link {
    /** How long after an error the connection's end is waited for, to tell a lost browser from a page that closed. */
    static final Duration AFTERMATH = Duration.ofMillis(300);

    private final LaneConnection connection;
    private final LaneServer server;
    private final String version;

    private Link(LaneConnection connection, LaneServer server) {
        this.connection = connection;
        this.server = server;
        this.version = connection.browser().version();
    }

    /** Connects to the server; blocks, and can be interrupted. */
    static Link open(HttpClient http, LaneServer server, String version, Duration timeout) {
        return new Link(LaneConnection.open(http, server.endpoint(), version, timeout), server);
    }

    Browser browser() {
        return connection.browser();
    }

    /** What this is a connection to. */
    LaneServer server() {
        return server;
    }

    /** The version of the browser. */
    String version() {
        return version;
    }

    boolean isClosed() {
        return connection.isClosed();
    }

    /**
     * Whether the connection is closed, or closes within that time. Chromium's end is seen as errors of its pages a few
     * milliseconds before Node's end closes the connection.
     */
    boolean closesWithin(Duration atMost) {
        try {
            return connection.awaitClosed(atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return connection.isClosed();
        }
    }

    String closedBecause() {
        String reason = connection.closedBecause();
        return reason == null ? "it is open" : reason;
    }

    /** Whether a page crashed since {@link #forgetCrash()}. */
    boolean crashed() {
        return connection.crashed();
    }

    void forgetCrash() {
        connection.forgetCrash();
    }

    /** Closes it; the server disposes of all that was opened through it. A blocked call fails at once. Idempotent. */
    void drop(String reason) {
        connection.drop(reason);
    }

    void ping() {
        connection.ping();
    }

    long received() {
        return connection.received();
    }
}
