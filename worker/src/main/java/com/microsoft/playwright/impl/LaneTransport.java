package com.microsoft.playwright.impl;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.microsoft.playwright.PlaywrightException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Playwright's protocol straight over a WebSocket to a Playwright server, so that a client needs no Node process of its
 * own.
 *
 * <p>{@link #send} and {@link #poll} are confined to the lane's thread, as all of Playwright is. {@link #fail},
 * {@link #ping} and the getters may be called from any thread. The listener's methods are called by the HTTP client, one
 * at a time.
 */
@NullMarked
final class LaneTransport implements Transport, WebSocket.Listener {
    /**
     * Messages that may wait for the lane's thread. Playwright asks and waits, so a handful is normal; this many means
     * that the task does not read while its page floods it, and then the lane pays for it, not the process.
     */
    private static final int MAX_WAITING = 50_000;

    private static final int MAX_MESSAGE_CHARS = 64 << 20;
    /** How long the lane's thread waits for a message before it looks at Playwright's own conditions again. */
    private static final long POLL_MILLIS = 50;

    /** Empty stands for the end of the connection. */
    private final BlockingQueue<Optional<JsonObject>> incoming = new LinkedBlockingQueue<>();

    private final StringBuilder partial = new StringBuilder();
    private final AtomicReference<@Nullable String> closedBecause = new AtomicReference<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicLong received = new AtomicLong();
    private volatile boolean crashed;
    private @Nullable WebSocket socket;
    /** Confined to the lane's thread: when it is complete, everything that was sent is on its way. */
    private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);

    private LaneTransport() {}

    static LaneTransport open(HttpClient http, URI endpoint, String version, Duration timeout) {
        LaneTransport transport = new LaneTransport();
        CompletableFuture<WebSocket> opening = http.newWebSocketBuilder()
                .connectTimeout(timeout)
                .header("User-Agent", "Playwright/" + version + " (headstream)")
                .buildAsync(endpoint, transport);
        try {
            transport.socket = opening.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return transport;
        } catch (InterruptedException e) {
            abandon(opening);
            throw new PlaywrightException("interrupted while connecting to the browser's server", e);
        } catch (TimeoutException e) {
            abandon(opening);
            throw new PlaywrightException(
                    "the browser's server did not accept a connection within " + timeout.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new PlaywrightException("cannot connect to the browser's server: " + e.getCause(), e.getCause());
        }
    }

    /** A connection that comes up after nobody waits for it any more would stay open for ever. */
    private static void abandon(CompletableFuture<WebSocket> opening) {
        CompletableFuture<?> unused = opening.whenComplete((late, failure) -> {
            if (late != null) {
                late.abort();
            }
        });
    }

    /**
     * Hands the message to the socket without waiting for it to be written: an interrupt of the lane's thread can then
     * never fall into the middle of a send and leave it unknown whether the message went out. Playwright asks and waits
     * for the answer, so what queues up here is one message, or a few.
     */
    @Override
    public void send(JsonObject message) {
        checkOpen();
        WebSocket to = openSocket();
        String text = Serialization.gson().toJson(message);
        // a WebSocket refuses a second text while one is being sent, so each waits for the one before
        sent = sent.thenCompose(previous -> to.sendText(text, true)).whenComplete((done, failure) -> {
            if (failure != null) {
                fail("sending failed: " + failure);
            }
        });
    }

    @Override
    public @Nullable JsonObject poll(Duration timeout) {
        try {
            // Playwright asks for 10 ms at a time; nothing that it checks in between needs waking up that often
            Optional<JsonObject> message =
                    incoming.poll(Math.max(POLL_MILLIS, timeout.toMillis()), TimeUnit.MILLISECONDS);
            if (message != null && message.isEmpty()) {
                incoming.add(message); // every later call must find it too
                checkOpen();
            }
            return message == null ? null : message.orElse(null);
        } catch (InterruptedException e) {
            // the flag stays cleared: whoever interrupts a lane knows whether it has to do so again
            throw new PlaywrightException("interrupted while waiting for the browser", e);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        if (partial.length() + data.length() > MAX_MESSAGE_CHARS) {
            fail("a message from the browser is longer than " + MAX_MESSAGE_CHARS + " characters");
            return CompletableFuture.completedFuture(null);
        }
        partial.append(data);
        if (last) {
            accept(partial.toString());
            partial.setLength(0);
            if (partial.capacity() > 1 << 20) {
                partial.trimToSize();
            }
        }
        from.request(1);
        return CompletableFuture.completedFuture(null);
    }

    private void accept(String text) {
        received.incrementAndGet();
        try {
            JsonObject message = Serialization.gson().fromJson(text, JsonObject.class);
            if (message.has("method") && "crash".equals(message.get("method").getAsString())) {
                crashed = true;
            }
            incoming.add(Optional.of(message));
        } catch (JsonParseException | IllegalStateException e) {
            fail("not a message of the Playwright protocol: " + e.getMessage());
        }
        if (incoming.size() > MAX_WAITING) {
            fail("the task left " + MAX_WAITING + " messages from the browser unread");
        }
    }

    @Override
    public CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
        received.incrementAndGet();
        from.request(1);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        fail("closed by the server (" + code + ")");
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        fail(String.valueOf(error.getMessage()));
    }

    /** Closes the connection; a lane that is blocked in a Playwright call fails at once. From any thread, idempotent. */
    void fail(String reason) {
        closedBecause.compareAndSet(null, reason);
        incoming.add(Optional.empty());
        closed.countDown();
        WebSocket open = socket;
        if (open != null) {
            open.abort();
        }
    }

    /** Asks the server for a sign of life, to be counted in {@link #received()}. */
    void ping() {
        if (!isClosed()) {
            // a ping that cannot be sent, because one still waits behind a long message, is no news of its own
            CompletableFuture<?> unused = openSocket().sendPing(ByteBuffer.allocate(0));
        }
    }

    /** How many messages and pongs came in so far. */
    long received() {
        return received.get();
    }

    /** Whether the server reported the crash of a page since {@link #forgetCrash}, read by the lane or not. */
    boolean crashed() {
        return crashed;
    }

    void forgetCrash() {
        crashed = false;
    }

    boolean isClosed() {
        return closedBecause.get() != null;
    }

    @Nullable
    String closedBecause() {
        return closedBecause.get();
    }

    boolean awaitClosed(Duration atMost) throws InterruptedException {
        return closed.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        fail("closed by the lane");
    }

    private void checkOpen() {
        String reason = closedBecause.get();
        if (reason != null) {
            throw new PlaywrightException("the connection to the browser is closed: " + reason);
        }
    }

    private WebSocket openSocket() {
        WebSocket open = socket;
        if (open == null) {
            throw new PlaywrightException("the connection to the browser is not open yet");
        }
        return open;
    }
}
