package dev.headstream.worker.management;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's HTTP server: {@code /livez}, {@code /readyz}, {@code /metrics} and whatever pages are added. Reading
 * only; it listens on loopback unless it is told otherwise, and then answers no request that was meant for another host.
 * A few threads and a bounded queue of its own, so that probes are answered while everything else is busy. Thread-safe.
 */
public final class ManagementServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
    private static final int THREADS = 4;
    private static final int QUEUE = 64;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int FORBIDDEN = 403;
    private static final int MISDIRECTED = 421;
    private static final int FAILED = 500;
    private static final String TEXT = "text/plain; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService threads;
    private final Map<String, Entry> pages;
    private final Map<String, FolderEntry> folders;
    private final HostCheck hosts;

    private record Entry(Page page, Audience audience) {}

    private record FolderEntry(Folder folder, Audience audience) {}

    /** Answers all paths below one. Called on the server's threads; must be quick. */
    @FunctionalInterface
    public interface Folder {
        /**
         * Makes the answer; empty if there is nothing.
         *
         * @param name the rest of the path, as it was sent: not decoded, never empty
         */
        Optional<Page.Answer> answer(String name);
    }

    /** The pages of a server that is not yet listening. Confined to one thread. */
    public static final class Builder {
        private final Map<String, Entry> pages = new TreeMap<>();
        private final Map<String, FolderEntry> folders = new TreeMap<>();

        private Builder() {}

        /** Answers {@code /livez} and {@code /readyz}. */
        public Builder health(Health health) {
            return page("/livez", new HealthPage(health::live)).page("/readyz", new HealthPage(health::ready));
        }

        /** Answers {@code /metrics} in the format that is asked for: Prometheus text or OpenMetrics. */
        public Builder metrics(PrometheusMeterRegistry registry) {
            String byDefault = "text/plain; version=0.0.4; charset=utf-8";
            String open = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            return page("/metrics", accept -> {
                String format = accept.contains("application/openmetrics-text") ? open : byDefault;
                return new Page.Answer(200, format, registry.scrape(format));
            });
        }

        /** Answers one exact path; {@code /} replaces the index that is there otherwise. */
        public Builder page(String path, Page page) {
            return page(path, page, Audience.ANYONE);
        }

        /** Answers one exact path to those whom it is for. */
        public Builder page(String path, Page page, Audience audience) {
            pages.put(path, new Entry(page, audience));
            return this;
        }

        /** Answers what is below a path, which ends with a slash, to those whom it is for. */
        public Builder folder(String path, Folder folder, Audience audience) {
            folders.put(path, new FolderEntry(folder, audience));
            return this;
        }

        /**
         * Starts to listen; port 0 takes any that is free.
         *
         * @throws IOException naming the address and what to do if it cannot be had
         */
        public ManagementServer listen(String host, int port) throws IOException {
            pages.putIfAbsent("/", new Entry(new IndexPage(pages.keySet()), Audience.ANYONE));
            return new ManagementServer(bind(host, port), this, new HostCheck(host));
        }
    }

    private ManagementServer(HttpServer server, Builder builder, HostCheck hosts) {
        this.server = server;
        this.pages = Map.copyOf(builder.pages);
        this.folders = Map.copyOf(builder.folders);
        this.hosts = hosts;
        this.threads =
                new ThreadPoolExecutor(THREADS, THREADS, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(QUEUE), named());
        server.setExecutor(threads);
        var unused = server.createContext("/", this::handle);
        server.start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Where it listens, with the port that it really has. */
    public URI uri() {
        InetSocketAddress address = server.getAddress();
        InetAddress at = address.getAddress();
        String host = at.isAnyLocalAddress() ? "127.0.0.1" : at.getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort());
    }

    /** Stops at once; requests that are being answered are cut off. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static HttpServer bind(String host, int port) throws IOException {
        // read once by the JDK's server: a client that sends nothing must not hold one of the few threads for ever
        setUnlessSet("sun.net.httpserver.maxReqTime", "10");
        setUnlessSet("sun.net.httpserver.maxRspTime", "30");
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), 0);
        } catch (BindException taken) {
            throw new IOException(
                    "cannot listen on " + host + ":" + port + " (" + taken.getMessage()
                            + "); set management.port to another, or to 0 for any that is free",
                    taken);
        } catch (UnknownHostException unknown) {
            throw new IOException("management.host " + host + " is no address of this machine", unknown);
        }
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            send(exchange, answer(exchange));
        } catch (IOException clientWentAway) {
            LOG.debug("A request could not be answered", clientWentAway);
        }
    }

    private Page.Answer answer(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return new Page.Answer(NOT_ALLOWED, TEXT, "only GET and HEAD\n");
        }
        Optional<Found> found = find(exchange);
        if (found.isEmpty()) {
            return new Page.Answer(NOT_FOUND, TEXT, "there is nothing here; / lists what there is\n");
        }
        Optional<Page.Answer> refusal = refusal(exchange, found.get().audience());
        if (refusal.isPresent()) {
            return refusal.get();
        }
        try {
            return found.get().answer().get();
        } catch (RuntimeException failed) {
            LOG.warn("A page failed", failed);
            return new Page.Answer(FAILED, TEXT, "the page failed; see the worker's log\n");
        }
    }

    private record Found(Audience audience, Supplier<Page.Answer> answer) {}

    private Optional<Found> find(HttpExchange exchange) {
        Entry entry = pages.get(exchange.getRequestURI().getPath());
        if (entry != null) {
            String accept =
                    Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Accept"), "");
            return Optional.of(new Found(entry.audience(), () -> entry.page().answer(accept)));
        }
        String raw = Objects.requireNonNullElse(exchange.getRequestURI().getRawPath(), "");
        int end = raw.lastIndexOf('/') + 1;
        FolderEntry folder = folders.get(raw.substring(0, end));
        if (folder == null || end == raw.length()) {
            return Optional.empty();
        }
        String name = raw.substring(end);
        return Optional.of(new Found(folder.audience(), () -> folder.folder()
                .answer(name)
                .orElseGet(() -> new Page.Answer(NOT_FOUND, TEXT, "there is nothing here any more\n"))));
    }

    /** What is said to a request that may not have the page; empty if it may. */
    private Optional<Page.Answer> refusal(HttpExchange exchange, Audience audience) {
        boolean onlyLocal =
                audience == Audience.MACHINE || server.getAddress().getAddress().isLoopbackAddress();
        if (onlyLocal && !hosts.accepts(exchange.getRequestHeaders().getFirst("Host"))) {
            return Optional.of(new Page.Answer(
                    MISDIRECTED,
                    TEXT,
                    "this is for requests to this machine only: ask for 127.0.0.1 or localhost by that name\n"));
        }
        boolean local = exchange.getRemoteAddress().getAddress().isLoopbackAddress();
        if (audience == Audience.MACHINE && !local) {
            return Optional.of(new Page.Answer(
                    FORBIDDEN,
                    TEXT,
                    "this page is for the worker's own machine only: forward the port (ssh -L, kubectl port-forward), or"
                            + " let anyone see it (management.console)\n"));
        }
        return Optional.empty();
    }

    private static void send(HttpExchange exchange, Page.Answer answer) throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", answer.contentType());
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Referrer-Policy", "no-referrer");
        answer.headers().forEach(headers::set);
        byte[] body = answer.body();
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
    }

    private static ThreadFactory named() {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "management-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
