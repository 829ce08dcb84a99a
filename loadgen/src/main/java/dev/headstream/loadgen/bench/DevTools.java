package dev.headstream.loadgen.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a browser by the Chrome DevTools Protocol with flat sessions: commands and the one event that the
 * bench waits for. Thread-safe.
 */
final class DevTools implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<JsonNode>> events = new ConcurrentHashMap<>();
    private final WebSocket socket;

    private DevTools(URI url) {
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(10))
                .buildAsync(url, new Receiver())
                .join();
    }

    static DevTools connect(URI url) {
        return new DevTools(url);
    }

    /** Sends a command to the browser itself and waits for its answer. */
    JsonNode send(String method, Map<String, Object> parameters) throws IOException, InterruptedException {
        return send(null, method, parameters);
    }

    /** Sends a command to a session, or the browser where there is none, and waits for its answer. */
    JsonNode send(@Nullable String session, String method, Map<String, Object> parameters)
            throws IOException, InterruptedException {
        long id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("id", id);
        message.put("method", method);
        message.put("params", parameters);
        if (session != null) {
            message.put("sessionId", session);
        }
        sendText(JSON.writeValueAsString(message));
        JsonNode received = await(answer, method);
        if (received.has("error")) {
            throw new IOException(method + ": " + received.get("error"));
        }
        return received.path("result");
    }

    /** The next such event of the session. Ask before doing what causes it. */
    CompletableFuture<JsonNode> next(String session, String event) {
        return events.computeIfAbsent(session + " " + event, unused -> new CompletableFuture<>());
    }

    static JsonNode await(CompletableFuture<JsonNode> future, String what) throws IOException, InterruptedException {
        try {
            return future.get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(what + ": no answer from the browser", e);
        }
    }

    @Override
    public void close() {
        socket.abort();
    }

    /** A WebSocket takes one message at a time. */
    private synchronized void sendText(String text) {
        socket.sendText(text, true).join();
    }

    private void received(String text) throws JsonProcessingException {
        JsonNode message = JSON.readTree(text);
        CompletableFuture<JsonNode> waiting = message.has("id")
                ? answers.remove(message.get("id").asLong())
                : events.remove(message.path("sessionId").asText() + " "
                        + message.path("method").asText());
        if (waiting != null) {
            waiting.complete(message);
        }
    }

    private void lost(Throwable cause) {
        answers.values().forEach(answer -> answer.completeExceptionally(cause));
        events.values().forEach(event -> event.completeExceptionally(cause));
    }

    private final class Receiver implements WebSocket.Listener {
        private final StringBuilder part = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                String text = part.toString();
                part.setLength(0);
                try {
                    received(text);
                } catch (JsonProcessingException e) {
                    lost(e);
                }
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            lost(new IOException("the browser closed the connection: " + code + " " + reason));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            lost(error);
        }
    }
}
