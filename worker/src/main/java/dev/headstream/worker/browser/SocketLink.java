package dev.headstream.worker.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.impl.LaneConnection;
import java.net.http.HttpClient;
import java.time.Duration;

/** A link over a WebSocket of its own, straight from this JVM to the server: no process of its own. */
final class SocketLink implements Link {
    private final LaneConnection connection;
    private final LaneServer server;
    private final String version;

    private SocketLink(LaneConnection connection, LaneServer server) {
        this.connection = connection;
        this.server = server;
        this.version = connection.browser().version();
    }

    /** @param version full version of the server's playwright-core */
    static Link.Opener opener(HttpClient http, String version) {
        return (server, timeout) ->
                new SocketLink(LaneConnection.open(http, server.endpoint(), version, timeout), server);
    }

    @Override
    public Browser browser() {
        return connection.browser();
    }

    @Override
    public LaneServer server() {
        return server;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public boolean isClosed() {
        return connection.isClosed();
    }

    @Override
    public boolean closesWithin(Duration atMost) {
        try {
            return connection.awaitClosed(atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return connection.isClosed();
        }
    }

    @Override
    public String closedBecause() {
        String reason = connection.closedBecause();
        return reason == null ? "it is open" : reason;
    }

    @Override
    public boolean crashed() {
        return connection.crashed();
    }

    @Override
    public void forgetCrash() {
        connection.forgetCrash();
    }

    @Override
    public void drop(String reason) {
        connection.drop(reason);
    }

    @Override
    public void ping() {
        connection.ping();
    }

    @Override
    public long received() {
        return connection.received();
    }
}
