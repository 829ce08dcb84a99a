package dev.headstream.worker.run;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Pages that give every action something to work on. */
final class Pages implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService executor = Executors.newFixedThreadPool(4);
    private final AtomicInteger orders = new AtomicInteger();

    Pages() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        page("/", 200, "<title>Home</title><h1>Hello</h1>");
        page("/form", 200, FORM);
        page("/list", 200, LIST);
        page("/missing", 404, "<h1>Not here</h1>");
        page("/broken", 503, "<h1>Later</h1>");
        page("/slow-text", 200, "<p id=s>wait</p><script>setTimeout(() => s.textContent = 'Ready now', 300)</script>");
        page("/covered", 200, "<button id=b>Go</button><div id=veil style='position:fixed;inset:0'>veil</div>");
        page("/disabled", 200, "<button id=b disabled>Go</button>");
        page("/leave", 200, "<a id=out href='http://localhost:" + port() + "/'>out</a>");
        server.createContext("/away", exchange -> {
            exchange.getResponseHeaders().add("Location", "http://localhost:" + port() + "/");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.createContext("/order", exchange -> {
            int number = orders.incrementAndGet();
            respond(exchange, 200, "<p id=number>" + number + "</p>");
        });
        server.start();
    }

    private static final String FORM =
            """
            <title>Form</title>
            <input id=name><input id=password type=password>
            <select id=size><option value=s>Small</option><option value=l>Large</option></select>
            <input type=checkbox id=news checked><input type=checkbox id=terms>
            <button id=go onclick="result.textContent =
              [name_(), size.value, news.checked, terms.checked].join(' '); history.pushState({}, '', '/form/done')">Go</button>
            <div id=tip onmouseenter="this.textContent='hovered'">tip</div>
            <p id=result></p>
            <script>
              const el = id => document.getElementById(id);
              const name_ = () => el('name').value;
              el('name').addEventListener('keydown', e => { if (e.key === 'Enter') el('tip').title = 'entered'; });
            </script>
            """;

    private static final String LIST =
            """
            <title>List</title>
            <ul id=results>
              <li><a class=title href="/item/1">Lamp</a> <b class=price>EUR 1,234.50</b></li>
              <li><a class=title href="/item/2">Desk</a> <b class=price>99</b></li>
            </ul>
            <span class=tag>new</span><span class=tag>sale</span>
            <p id=updated>3. Mai 2026</p><p id=total>2 items</p>
            <table id=prices><thead><tr><th>Item</th><th>Price</th></tr></thead>
              <tbody><tr><td>Lamp</td><td>1,234.50</td></tr><tr><td>Desk</td><td>99</td></tr></tbody></table>
            """;

    private void page(String path, int status, String html) {
        server.createContext(path, exchange -> respond(exchange, status, "<!doctype html>" + html));
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    /** How many orders were placed. */
    int orders() {
        return orders.get();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
