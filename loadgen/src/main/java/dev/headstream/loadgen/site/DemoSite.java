package dev.headstream.loadgen.site;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small shop portal on 127.0.0.1 to drive browsers against, with backends as slow and as faulty as wanted, and with
 * hostile pages under {@code /hostile}. Thread-safe. A delay holds no thread, so that any number of slow requests is
 * served by a few threads.
 */
public final class DemoSite implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DemoSite.class);
    private static final int THREADS = 16;
    private static final int MOST_WAITING = 4_096;
    private static final int MOST_UNANSWERED = 2_048;
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(10); // a visitor that left is not noticed before
    private static final ObjectMapper JSON = new ObjectMapper();

    static {
        // Without it every response of two segments waits 40 ms for the client's delayed ACK.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final Counters counters = new Counters();
    private final Routes routes = new Routes();
    private final Assets assets = new Assets();
    private final Set<HttpExchange> unanswered = ConcurrentHashMap.newKeySet();
    private final ExecutorService workers;
    private final ScheduledExecutorService clock;
    private final HttpServer server;

    /**
     * How the site behaves.
     *
     * @param port where it listens, 0 for any free port
     * @param loginLatency how long a login takes
     * @param searchLatency how long a search takes
     * @param errorRate share (0 to 1) of logins, searches, product and cart pages that answer 500
     * @param hangRate share of the same that never answer
     * @param queryLatency instead of {@code searchLatency}, the same time for equal queries: that of queries of one word,
     *     which are broad, and that of all others; empty if a query's time has nothing to do with what it asks for
     * @param seed what products, hits, latencies and faults follow from
     */
    public record Options(
            int port,
            LatencyRange loginLatency,
            LatencyRange searchLatency,
            double errorRate,
            double hangRate,
            Optional<QueryLatency> queryLatency,
            long seed) {

        /** How long queries take that are broad, and those that are not. */
        public record QueryLatency(LatencyRange broad, LatencyRange narrow) {}

        public Options {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("a port is 0 (any) to 65535, not " + port);
            }
            share("error rate", errorRate);
            share("hang rate", hangRate);
            if (errorRate + hangRate > 1) {
                throw new IllegalArgumentException(
                        "error rate and hang rate together are at most 1, not " + (errorRate + hangRate));
            }
        }

        /** Any port, login 200 to 400 ms, search 200 to 1000 ms, no faults. */
        public static Options defaults() {
            return new Options(
                    0, LatencyRange.ofMillis(200, 400), LatencyRange.ofMillis(200, 1_000), 0, 0, Optional.empty(), 1);
        }

        /** Any port, no latency, no faults: for tests that wait for nothing. */
        public static Options instant() {
            return defaults()
                    .withLoginLatency(LatencyRange.ofMillis(0, 0))
                    .withSearchLatency(LatencyRange.ofMillis(0, 0));
        }

        public Options withPort(int value) {
            return new Options(value, loginLatency, searchLatency, errorRate, hangRate, queryLatency, seed);
        }

        public Options withLoginLatency(LatencyRange value) {
            return new Options(port, value, searchLatency, errorRate, hangRate, queryLatency, seed);
        }

        public Options withSearchLatency(LatencyRange value) {
            return new Options(port, loginLatency, value, errorRate, hangRate, queryLatency, seed);
        }

        /** Makes the time of a search follow from its query. */
        public Options withQueryLatency(LatencyRange broad, LatencyRange narrow) {
            return new Options(
                    port,
                    loginLatency,
                    searchLatency,
                    errorRate,
                    hangRate,
                    Optional.of(new QueryLatency(broad, narrow)),
                    seed);
        }

        public Options withErrorRate(double value) {
            return new Options(port, loginLatency, searchLatency, value, hangRate, queryLatency, seed);
        }

        public Options withHangRate(double value) {
            return new Options(port, loginLatency, searchLatency, errorRate, value, queryLatency, seed);
        }

        public Options withSeed(long value) {
            return new Options(port, loginLatency, searchLatency, errorRate, hangRate, queryLatency, value);
        }

        private static void share(String name, double value) {
            if (!(value >= 0 && value <= 1)) {
                throw new IllegalArgumentException("the " + name + " is a share from 0 to 1, not " + value);
            }
        }
    }

    private DemoSite(Options options) throws IOException {
        this.server = HttpServer.create(
                new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), options.port()), 256);
        this.workers = new ThreadPoolExecutor(
                THREADS, THREADS, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(MOST_WAITING), threads("demo-site"));
        this.clock = Executors.newSingleThreadScheduledExecutor(threads("demo-site-clock"));
        Catalogue catalogue = new Catalogue(options.seed());
        Faults faults = new Faults(options, counters);
        List.of(
                        new Shop(catalogue, new Accounts(), faults, counters),
                        new Showcase(catalogue),
                        new Gallery(),
                        new Hostile())
                .forEach(pages -> pages.addTo(routes));
        routes.get("/stats", request -> Reply.json(statsJson()));
        routes.get("/healthz", request -> Reply.text(200, "text/plain", "ok"));
        server.createContext("/", this::handle);
        server.setExecutor(workers);
    }

    /**
     * Starts a site.
     *
     * @throws IOException if the port is taken or may not be used, naming it
     */
    public static DemoSite start(Options options) throws IOException {
        try {
            DemoSite site = new DemoSite(options);
            site.server.start();
            return site;
        } catch (BindException e) {
            throw new IOException(
                    "port " + options.port() + " on 127.0.0.1 is not free: choose another, or 0 for any", e);
        }
    }

    /** A site on any port with {@link Options#defaults()}. */
    public static DemoSite start() throws IOException {
        return start(Options.defaults());
    }

    /** Where it is, without a slash at the end: {@code http://127.0.0.1:PORT}. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** What was counted so far; also at {@code GET /stats}. */
    public SiteStats stats() {
        return counters.snapshot();
    }

    /** Stops at once; what was not answered is cut off. */
    @Override
    public void close() {
        clock.shutdownNow();
        server.stop(0);
        workers.shutdownNow();
        unanswered.clear();
    }

    /** Returns before the exchange is over if the reply is late: the server then keeps it open without a thread. */
    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Optional<Routes.Match> match = routes.find(exchange.getRequestMethod(), path);
        try {
            Request request = Request.read(exchange);
            Optional<Reply> asset = assets.find(request);
            counters.arrived(
                    asset.isPresent()
                            ? "/assets/*"
                            : match.map(Routes.Match::path).orElse("other"));
            Reply reply = asset.isPresent()
                    ? asset.get()
                    : match.<Reply>map(found -> found.handler().answer(request))
                            .orElseGet(() -> Reply.html(404, Layout.message("Not found", "There is no such page.")));
            deliver(exchange, reply);
        } catch (RuntimeException e) {
            log.error("a page of the demo site failed path={}", path, e);
            deliver(exchange, Reply.html(500, Layout.message("Something went wrong", "The site itself failed.")));
        }
    }

    private void deliver(HttpExchange exchange, Reply reply) {
        if (reply instanceof Reply.Never) {
            leaveUnanswered(exchange);
        } else if (reply instanceof Reply.Endless endless) {
            startEndless(exchange, endless);
        } else if (reply instanceof Reply.Full full && full.delay().isZero()) {
            write(exchange, full);
        } else if (reply instanceof Reply.Full full) {
            later(full.delay(), () -> write(exchange, full));
        }
    }

    private void write(HttpExchange exchange, Reply.Full reply) {
        try (exchange) {
            reply.headers().forEach(header -> exchange.getResponseHeaders().add(header.getKey(), header.getValue()));
            boolean bodiless =
                    reply.body().length() == 0 || exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(
                    reply.status(), bodiless ? -1 : reply.body().length());
            if (!bodiless) {
                reply.body().writeTo(exchange.getResponseBody());
                counters.bytesSent.add(reply.body().length());
            }
        } catch (IOException e) {
            log.debug("a visitor of the demo site went away path={}", exchange.getRequestURI());
        } finally {
            counters.openExchanges.decrement();
        }
    }

    private void startEndless(HttpExchange exchange, Reply.Endless endless) {
        if (unanswered.size() >= MOST_UNANSWERED) {
            write(exchange, Reply.html(503, Layout.message("Busy", "Too many endless answers at once.")));
            return;
        }
        unanswered.add(exchange);
        try {
            exchange.getResponseHeaders().add("Content-Type", endless.contentType());
            endless.headers().forEach(header -> exchange.getResponseHeaders().add(header.getKey(), header.getValue()));
            exchange.sendResponseHeaders(200, 0);
            drip(exchange, endless);
        } catch (IOException e) {
            abandon(exchange);
        }
    }

    private void drip(HttpExchange exchange, Reply.Endless endless) {
        try {
            OutputStream body = exchange.getResponseBody();
            endless.chunk().writeTo(body);
            body.flush();
            later(endless.interval(), () -> drip(exchange, endless));
        } catch (IOException e) {
            abandon(exchange); // the visitor went away, which is the only end that such a body has
        }
    }

    private void leaveUnanswered(HttpExchange exchange) {
        if (unanswered.size() >= MOST_UNANSWERED) {
            write(exchange, Reply.html(503, Layout.message("Busy", "Too many unanswered requests at once.")));
            return;
        }
        unanswered.add(exchange);
        later(LONGEST_SILENCE, () -> abandon(exchange));
    }

    private void abandon(HttpExchange exchange) {
        unanswered.remove(exchange);
        counters.openExchanges.decrement();
        exchange.close();
    }

    private void later(Duration delay, Runnable task) {
        try {
            var unused = clock.schedule(() -> workers.execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("the demo site is closing: an answer is not given any more");
        }
    }

    private String statsJson() {
        try {
            return JSON.writeValueAsString(stats());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ThreadFactory threads(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
