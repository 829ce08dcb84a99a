package com.microsoft.playwright.impl;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.PlaywrightException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * One Playwright connection, for one thread, over a WebSocket of its own to the Playwright server that holds the shared
 * browser. Contexts are visible to the connection that made them only, and all of them are disposed by the server when
 * the socket drops.
 *
 * <p>This is {@code BrowserType.connect} without the Node process that Playwright for Java starts for it. It lives in
 * Playwright's package because the constructor of {@code Connection} is package-private; a lane can be set to the
 * official way instead, and one contract test holds both to the same behaviour.
 *
 * <p>{@link #open} and everything born of {@link #browser()} belong to one thread; the other methods may be called from
 * any.
 */
@NullMarked
public final class LaneConnection {
    private final LaneTransport transport;
    private final Browser browser;

    private LaneConnection(LaneTransport transport, Browser browser) {
        this.transport = transport;
        this.browser = browser;
    }

    /**
     * Connects and waits for the server's greeting; blocks, and can be interrupted.
     *
     * @param version full version of the server's playwright-core: it refuses another minor version
     * @throws PlaywrightException if it cannot be had within the timeout, or the thread was interrupted
     */
    public static LaneConnection open(HttpClient http, URI endpoint, String version, Duration timeout) {
        LaneTransport transport = LaneTransport.open(http, endpoint, version, timeout);
        try {
            return new LaneConnection(transport, greet(transport));
        } catch (RuntimeException e) {
            transport.fail("no usable greeting");
            throw e;
        }
    }

    private static Browser greet(LaneTransport transport) {
        Connection connection = new Connection(transport, Map.of(), null);
        connection.localUtils = new LaneLocalUtils(connection.getExistingObject(""));
        PlaywrightImpl playwright = connection.initializePlaywright();
        JsonObject launched = playwright.initializer.getAsJsonObject("preLaunchedBrowser");
        if (launched == null) {
            throw new PlaywrightException("the server at the other end holds no launched browser");
        }
        BrowserImpl browser = connection.getExistingObject(launched.get("guid").getAsString());
        browser.isConnectedOverWebSocket = true;
        browser.connectToBrowserType(playwright.chromium(), null);
        return browser;
    }

    /** The shared browser as this connection sees it. */
    public Browser browser() {
        return browser;
    }

    /** Closes the socket; a thread blocked in a call on this connection fails at once. Idempotent. */
    public void drop(String reason) {
        transport.fail(reason);
    }

    public boolean isClosed() {
        return transport.isClosed();
    }

    /** Why the connection is closed, null while it is open. */
    public @Nullable String closedBecause() {
        return transport.closedBecause();
    }

    /** Waits for the connection to be closed; false if it still is open after that time. */
    public boolean awaitClosed(Duration atMost) throws InterruptedException {
        return transport.awaitClosed(atMost);
    }

    /**
     * Whether the server reported the crash of a page since {@link #forgetCrash()}. Unlike {@code Page.onCrash} this
     * needs no thread to be inside a Playwright call.
     */
    public boolean crashed() {
        return transport.crashed();
    }

    /** Starts to look for crashes anew. */
    public void forgetCrash() {
        transport.forgetCrash();
    }

    /** Asks the server's event loop for a sign of life; the answer counts in {@link #received()}. */
    public void ping() {
        transport.ping();
    }

    /** Messages and pongs received so far. */
    public long received() {
        return transport.received();
    }
}
