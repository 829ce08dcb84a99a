package dev.headstream.worker.browser;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Small pages with the faults that lanes have to survive. */
final class TestSite implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService executor = Executors.newFixedThreadPool(4);

    TestSite() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        page("/", "<title>Home</title><h1>Hello</h1><ul><li>one</li><li>two</li></ul>");
        page("/busy", "<title>Busy</title><script>addEventListener('load', () => { while (true) {} });</script>");
        server.createContext("/echo", exchange -> {
            String query = String.valueOf(exchange.getRequestURI().getRawQuery());
            respond(exchange, "<title>" + query + "</title><p id=q>" + query + "</p>");
        });
        server.createContext("/file", exchange -> {
            exchange.getResponseHeaders().add("Content-Disposition", "attachment; filename=report.csv");
            respond(exchange, "a,b\n1,2\n");
        });
        server.start();
    }

    private void page(String path, String html) {
        server.createContext(path, exchange -> respond(exchange, "<!doctype html>" + html));
    }

    private static void respond(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
