package dev.headstream.loadgen.stack;

import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.SchemaRegistryConfig;
import dev.headstream.schemas.SchemaRegistryException;
import dev.headstream.schemas.SchemaRegistryUnavailableException;
import dev.headstream.schemas.Topics;
import dev.headstream.schemas.setup.Contracts;
import dev.headstream.schemas.setup.TopicAdmin;
import dev.headstream.schemas.setup.TopicReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * All that a worker needs on one machine: a broker, a schema registry, the topics and the contracts under FULL_TRANSITIVE
 * compatibility. Either part may be an external one instead, in which topics and contracts are set up just the same.
 *
 * <p>Thread-safe. The owner closes it; {@link #close} during {@link #start()} waits for the start and undoes it, so that a
 * shutdown hook may call it at any moment.
 */
public final class LocalStack implements AutoCloseable {
    /** Where Kafka is found by default, and the stack's first choice. */
    public static final int DEFAULT_PORT = 9092;
    /** Where the registry is found by default, and the stack's first choice. */
    public static final int DEFAULT_REGISTRY_PORT = 8081;

    private final Options options;
    private @Nullable EmbeddedKafka kafka;
    private @Nullable EmbeddedRegistry registry;
    private List<TopicReport> topicReports = List.of();
    private boolean closed;

    private LocalStack(Options options) {
        this.options = options;
    }

    /** A stack that is not started yet, for owners that must be able to close it while it starts. */
    public static LocalStack prepare(Options options) {
        return new LocalStack(options);
    }

    /**
     * Starts the parts, creates the topics and registers the contracts; what exists is left as it is.
     *
     * @throws StackException if a part cannot be started or reached; nothing is left running then
     */
    public static LocalStack start(Options options) {
        return prepare(options).start();
    }

    /** As {@link #start(Options)}; once. */
    public synchronized LocalStack start() {
        if (closed) {
            throw new StackException("the stack was closed before it started");
        }
        try {
            if (options.bootstrap() == null) {
                kafka = EmbeddedKafka.start(options.kafkaOptions());
            }
            if (options.registryUrl() == null) {
                registry = EmbeddedRegistry.start(options.registryOptions());
            }
            topicReports = createTopics();
            registerContracts();
            return this;
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private List<TopicReport> createTopics() {
        Map<String, Object> client = Map.of(
                "bootstrap.servers", bootstrap(), "client.id", "headstream-stack", "default.api.timeout.ms", (int)
                        options.patience().toMillis());
        try (Admin admin = Admin.create(client)) {
            short replicas = kafka == null ? (short) -1 : 1;
            return new TopicAdmin(admin, options.patience()).create(options.topics(), options.partitions(), replicas);
        } catch (KafkaException failure) {
            throw new StackException(
                    "the topics cannot be created on the broker at " + bootstrap() + ": " + failure.getMessage(),
                    failure);
        }
    }

    private void registerContracts() {
        try (SchemaRegistryClient client = SchemaRegistryClient.create(SchemaRegistryConfig.ofUrl(registryUrl()))) {
            new Contracts(client).register(options.topics());
        } catch (SchemaRegistryUnavailableException | SchemaRegistryException failure) {
            throw new StackException(
                    "the contracts cannot be registered with " + registryUrl() + ": " + failure.getMessage(), failure);
        }
    }

    /** For {@code bootstrap.servers}. */
    public synchronized String bootstrap() {
        return kafka == null ? required(options.bootstrap()) : kafka.bootstrap();
    }

    /** For {@code schema.registry.url}. */
    public synchronized String registryUrl() {
        return registry == null ? required(options.registryUrl()) : registry.url();
    }

    private static String required(@Nullable String external) {
        return Objects.requireNonNull(external, "the stack is not running");
    }

    public Topics topics() {
        return options.topics();
    }

    /** How each topic was found or made. */
    public synchronized List<TopicReport> topicReports() {
        return topicReports;
    }

    /** Where records and schemas are kept; empty if they go when the stack is closed, or if no part is embedded. */
    public Optional<Path> dataDirectory() {
        return options.embedsNothing() ? Optional.empty() : Optional.ofNullable(options.dataDirectory());
    }

    /** The broker in this JVM, if it is not an external one; for chaos. */
    public synchronized Optional<EmbeddedKafka> embeddedKafka() {
        return Optional.ofNullable(kafka);
    }

    /** The registry in this JVM, if it is not an external one. */
    public synchronized Optional<EmbeddedRegistry> embeddedRegistry() {
        return Optional.ofNullable(registry);
    }

    /** Stops what is embedded and deletes it if it is temporary. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        try {
            if (registry != null) {
                registry.close();
            }
        } finally {
            if (kafka != null) {
                kafka.close();
            }
        }
    }

    /**
     * What to start.
     *
     * @param dataDirectory where to keep records and schemas; temporary directories that are deleted on close if none
     * @param topics names of the topics
     * @param partitions of the jobs, results and state topics, where they do not exist yet
     * @param bootstrap an external Kafka instead of the embedded broker
     * @param registryUrl an external registry instead of the embedded one
     * @param port for the embedded broker, insisted upon; else any, for a stack that is kept preferably 9092
     * @param registryPort for the embedded registry, insisted upon; else any, for a stack that is kept preferably 8081
     * @param patience how long to wait for a broker's answer
     */
    public record Options(
            @Nullable Path dataDirectory,
            Topics topics,
            int partitions,
            @Nullable String bootstrap,
            @Nullable String registryUrl,
            @Nullable Integer port,
            @Nullable Integer registryPort,
            Duration patience) {
        public Options {
            if (partitions < 1) {
                throw new IllegalArgumentException("partitions must be at least 1, not " + partitions);
            }
            if (bootstrap != null && port != null) {
                throw new IllegalArgumentException("a port is for the embedded broker, not for " + bootstrap);
            }
            if (registryUrl != null && registryPort != null) {
                throw new IllegalArgumentException("a registry port is for the embedded registry, not " + registryUrl);
            }
        }

        /** All embedded and temporary, four partitions. */
        public static Options defaults() {
            return new Options(null, Topics.defaults(), 4, null, null, null, null, Duration.ofSeconds(30));
        }

        public Options withDataDirectory(Path directory) {
            return new Options(directory, topics, partitions, bootstrap, registryUrl, port, registryPort, patience);
        }

        public Options withTopics(Topics names) {
            return new Options(dataDirectory, names, partitions, bootstrap, registryUrl, port, registryPort, patience);
        }

        public Options withPartitions(int count) {
            return new Options(dataDirectory, topics, count, bootstrap, registryUrl, port, registryPort, patience);
        }

        /** Uses an external Kafka. */
        public Options withBootstrap(String servers) {
            return new Options(dataDirectory, topics, partitions, servers, registryUrl, port, registryPort, patience);
        }

        /** Uses an external registry. */
        public Options withRegistryUrl(String url) {
            return new Options(dataDirectory, topics, partitions, bootstrap, url, port, registryPort, patience);
        }

        public Options withPort(int fixed) {
            return new Options(
                    dataDirectory, topics, partitions, bootstrap, registryUrl, fixed, registryPort, patience);
        }

        public Options withRegistryPort(int fixed) {
            return new Options(dataDirectory, topics, partitions, bootstrap, registryUrl, port, fixed, patience);
        }

        public Options withPatience(Duration duration) {
            return new Options(dataDirectory, topics, partitions, bootstrap, registryUrl, port, registryPort, duration);
        }

        /** Whether broker and registry are both external, so that there is only setting up to do. */
        public boolean embedsNothing() {
            return bootstrap != null && registryUrl != null;
        }

        private EmbeddedKafka.Options kafkaOptions() {
            EmbeddedKafka.Options kafka = EmbeddedKafka.Options.defaults();
            if (dataDirectory != null) {
                kafka = kafka.withDataDirectory(dataDirectory.resolve("kafka")).withPreferredPorts(DEFAULT_PORT);
            }
            return port == null ? kafka : kafka.withPorts(port);
        }

        private EmbeddedRegistry.Options registryOptions() {
            EmbeddedRegistry.Options registry = EmbeddedRegistry.Options.defaults();
            if (dataDirectory != null) {
                registry = registry.withDataDirectory(dataDirectory.resolve("registry"))
                        .withPreferredPort(DEFAULT_REGISTRY_PORT);
            }
            return registryPort == null ? registry : registry.withPort(registryPort);
        }
    }
}
