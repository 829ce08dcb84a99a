package dev.headstream.loadgen.stack;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry for one machine: one process on the loopback interface, without replication, authentication or TLS. It
 * speaks the REST API (v1) of the Confluent Schema Registry for Avro schemas without references, and enforces
 * compatibility, so that what works against it works against a real one, which is what several machines need.
 *
 * <p>Ids, versions and levels are kept in its data directory and survive a restart or a crash. Thread-safe.
 */
public final class EmbeddedRegistry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRegistry.class);
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final String PORT_FILE = "port";
    private static final int THREADS = 4;
    private static final int MAX_BODY_BYTES = 4 * 1024 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    static {
        // The JDK's server sends head and body apart, which Nagle's algorithm turns into 40 ms an answer
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final DataDirectory directory;
    private final HttpServer server;
    private final ExecutorService threads;
    private final RegistryRoutes routes;
    private boolean closed;

    private EmbeddedRegistry(DataDirectory directory, HttpServer server) {
        this.directory = directory;
        this.server = server;
        this.routes = new RegistryRoutes(new Subjects(directory));
        this.threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "embedded-registry");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** On a free port over a temporary directory. */
    public static EmbeddedRegistry start() {
        return start(Options.defaults());
    }

    /**
     * Starts and returns when it serves.
     *
     * @throws StackException if the directory is held by another registry, its content cannot be read, or the port that was
     *     asked for is taken
     */
    public static EmbeddedRegistry start(Options options) {
        DataDirectory directory = DataDirectory.open(options.dataDirectory(), "registry");
        try {
            HttpServer server = bind(options, directory);
            try {
                EmbeddedRegistry registry = new EmbeddedRegistry(directory, server);
                registry.serve();
                return registry;
            } catch (RuntimeException failure) {
                server.stop(0);
                throw failure;
            }
        } catch (RuntimeException failure) {
            directory.close();
            throw failure;
        }
    }

    private static HttpServer bind(Options options, DataDirectory directory) {
        if (options.portFixed()) {
            return bind(options.port())
                    .orElseThrow(
                            () -> new StackException(
                                    "port " + options.port()
                                            + " on 127.0.0.1 is taken by another process; stop that one, or choose another registry port"));
        }
        return bind(rememberedPort(directory).orElse(options.port()))
                .or(() -> bind(0))
                .orElseThrow(() -> new StackException("no free port on the loopback interface"));
    }

    /** Empty if the port is taken. */
    private static Optional<HttpServer> bind(int port) {
        try {
            return Optional.of(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
        } catch (BindException taken) {
            return Optional.empty();
        } catch (IOException failure) {
            throw new StackException("the schema registry cannot listen on port " + port + ": " + failure, failure);
        }
    }

    private static Optional<Integer> rememberedPort(DataDirectory directory) {
        Path file = directory.path().resolve(PORT_FILE);
        try {
            return Files.exists(file)
                    ? Optional.of(Integer.valueOf(Files.readString(file).trim()))
                    : Optional.empty();
        } catch (IOException | NumberFormatException unreadable) {
            return Optional.empty(); // It is a preference, and is written anew below
        }
    }

    private void serve() {
        try {
            directory.replace(PORT_FILE, String.valueOf(port()).getBytes(StandardCharsets.US_ASCII));
        } catch (IOException failure) {
            throw new StackException("the schema registry cannot write its data directory: " + failure, failure);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
        LOG.atInfo().addKeyValue("url", url()).log("schema registry for this machine only");
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readNBytes(MAX_BODY_BYTES), StandardCharsets.UTF_8);
            try {
                send(exchange, 200, routes.answer(exchange.getRequestMethod(), exchange.getRequestURI(), body));
            } catch (RegistryException refused) {
                send(exchange, refused.status(), error(refused.code(), refused.getMessage()));
            } catch (RuntimeException failure) {
                LOG.atError().setCause(failure).log("schema registry failed");
                send(exchange, 500, error(50001, "Error in the backend data store: " + failure.getMessage()));
            }
        }
    }

    private static Map<String, Object> error(int code, @Nullable String message) {
        return Map.of("error_code", code, "message", String.valueOf(message));
    }

    private static void send(HttpExchange exchange, int status, Object answer) throws IOException {
        byte[] json = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", MEDIA_TYPE);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : json.length);
        if (!head) {
            exchange.getResponseBody().write(json);
        }
    }

    /** For {@code schema.registry.url}. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    private int port() {
        return server.getAddress().getPort();
    }

    /** Where subjects and schemas are kept. */
    public Path dataDirectory() {
        return directory.path();
    }

    /** Stops serving and frees the directory, deleting it if it is temporary. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            server.stop(0);
            threads.shutdown();
            directory.close();
        }
    }

    /**
     * How to start.
     *
     * @param dataDirectory where to keep schemas; a temporary directory that is deleted on close if there is none
     * @param port to listen on, 0 for any
     * @param portFixed whether that port is insisted upon; else it is only tried first, after the one that the data
     *     directory remembers
     */
    public record Options(@Nullable Path dataDirectory, int port, boolean portFixed) {
        public Options {
            if (port < (portFixed ? 1 : 0) || port > 65_535) {
                throw new IllegalArgumentException("a port must be 1..65535, not " + port);
            }
        }

        /** Temporary directory, any port. */
        public static Options defaults() {
            return new Options(null, 0, false);
        }

        public Options withDataDirectory(Path directory) {
            return new Options(directory, port, portFixed);
        }

        public Options withPort(int fixed) {
            return new Options(dataDirectory, fixed, true);
        }

        /** Tries this port first and takes another where it is taken. */
        public Options withPreferredPort(int preferred) {
            return new Options(dataDirectory, preferred, false);
        }
    }
}
