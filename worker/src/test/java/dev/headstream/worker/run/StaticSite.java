package dev.headstream.worker.run;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves a folder on loopback, and a few answers of its own. */
final class StaticSite implements AutoCloseable {
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "jsx", "text/plain; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "json", "application/json",
            "png", "image/png",
            "svg", "image/svg+xml");

    private final HttpServer server;
    private final ExecutorService executor = Executors.newFixedThreadPool(8);
    private final Path root;
    private final Map<String, String> answers = new HashMap<>();
    private final Map<String, String> received = new ConcurrentHashMap<>();

    StaticSite(Path root) throws IOException {
        this.root = root.toAbsolutePath().normalize();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/", this::answer);
    }

    /** Answers a path with JSON. */
    StaticSite with(String path, String json) {
        answers.put(path, json);
        return this;
    }

    StaticSite start() {
        server.start();
        return this;
    }

    /** What was sent to a path that answers with JSON, the last time; its bytes as characters. */
    String received(String path) {
        return received.getOrDefault(path, "");
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String json = answers.get(path);
        if (json != null) {
            received.put(path, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            send(exchange, "json", json.getBytes(StandardCharsets.UTF_8));
            return;
        }
        Path file = file(path);
        if (file == null) {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
            return;
        }
        String name = file.getFileName().toString();
        send(exchange, name.substring(name.lastIndexOf('.') + 1), Files.readAllBytes(file));
    }

    private @org.jspecify.annotations.Nullable Path file(String path) {
        Path file = root.resolve("." + path).normalize();
        Path withSuffix = root.resolve("." + path + ".html").normalize();
        if (!file.startsWith(root)) {
            return null;
        }
        return Files.isRegularFile(file) ? file : Files.isRegularFile(withSuffix) ? withSuffix : null;
    }

    private static void send(HttpExchange exchange, String suffix, byte[] content) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", TYPES.getOrDefault(suffix, "application/octet-stream"));
        exchange.sendResponseHeaders(200, content.length == 0 ? -1 : content.length);
        exchange.getResponseBody().write(content);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
