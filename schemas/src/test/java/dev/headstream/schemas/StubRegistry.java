package dev.headstream.schemas;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on loopback that answers as a test tells it to, and remembers what it was asked. */
public final class StubRegistry implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private volatile Behaviour behaviour;

    public StubRegistry(Behaviour behaviour) throws IOException {
        this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), behaviour);
    }

    public StubRegistry(HttpServer server, Behaviour behaviour) {
        this.server = server;
        this.behaviour = behaviour;
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    public void behave(Behaviour other) {
        behaviour = other;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        Request request = new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                body,
                authorization == null ? "" : authorization);
        requests.add(request);
        Reply reply = behaviour.answer(request, requests.size());
        byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
        if (!reply.location().isEmpty()) {
            exchange.getResponseHeaders().add("Location", reply.location());
        }
        try (exchange) {
            exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (IOException e) {
            // the client gave up, as a test may want it to
            throw new UncheckedIOException(e);
        }
    }

    /** What to answer to the nth request, counted from 1. */
    @FunctionalInterface
    public interface Behaviour {
        Reply answer(Request request, int count);
    }

    /** An answer. */
    public record Reply(int status, String body, String location) {
        public static Reply json(int status, String body) {
            return new Reply(status, body, "");
        }

        public static Reply error(int status, int code) {
            return json(status, "{\"error_code\":" + code + ",\"message\":\"as told\"}");
        }
    }

    /** A request as it came in. */
    public record Request(String method, String path, String body, String authorization) {}
}
