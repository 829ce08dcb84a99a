package dev.headstream.loadgen.connection;

import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.SchemaRegistryConfig;
import dev.headstream.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * One deployment of Headstream as a command sees it. Clients are the caller's to close.
 *
 * @param bootstrap Kafka's {@code host:port,...}
 * @param registry URLs of the schema registry
 * @param client further settings for all clients and the registry, for instance for SASL and TLS
 */
public record Deployment(String bootstrap, String registry, Topics topics, Map<String, String> client) {
    public Deployment {
        client = Map.copyOf(client);
    }

    /** Without further client settings and with the default topic names. */
    public static Deployment of(String bootstrap, String registry) {
        return new Deployment(bootstrap, registry, Topics.defaults(), Map.of());
    }

    /**
     * Asks the cluster for its topics, and with that finds out whether it is there.
     *
     * @throws CommandException with {@link ExitCodes#UNAVAILABLE} if no broker answers in time
     */
    public Set<String> awaitTopics(Duration patience) {
        try (Admin admin = admin(patience)) {
            return new TreeSet<>(admin.listTopics().names().get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException late) {
            throw unreachable(patience, late);
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof org.apache.kafka.common.errors.TimeoutException
                    ? unreachable(patience, failure)
                    : refused(failure.getCause() == null ? failure : failure.getCause());
        } catch (KafkaException failure) {
            throw refused(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCodes.INTERRUPTED, "interrupted", interrupted);
        }
    }

    /**
     * As {@link #awaitTopics}, and sees to it that the named topics are there, so that nothing is sent into the void.
     *
     * @throws CommandException with {@link ExitCodes#UNAVAILABLE} if one is missing
     */
    public void require(Duration patience, String... names) {
        Set<String> present = awaitTopics(patience);
        for (String name : names) {
            if (!present.contains(name)) {
                throw new CommandException(
                        ExitCodes.UNAVAILABLE,
                        "there is no topic " + name + " on " + bootstrap
                                + ": create it with 'headstream topics create', or check --prefix");
            }
        }
    }

    /** An administration client whose calls end after a time. */
    public Admin admin(Duration patience) {
        Map<String, Object> settings = settings();
        settings.put("default.api.timeout.ms", Math.toIntExact(patience.toMillis()));
        settings.put("request.timeout.ms", Math.toIntExact(patience.toMillis()));
        return build(() -> Admin.create(settings));
    }

    /** A producer that loses and doubles nothing: idempotent, acknowledged by all replicas in sync. */
    public <V> KafkaProducer<String, V> producer(Serializer<V> values) {
        Map<String, Object> settings = settings();
        settings.put("acks", "all");
        settings.put("enable.idempotence", true);
        settings.putIfAbsent("linger.ms", 5);
        settings.putIfAbsent("delivery.timeout.ms", 30_000);
        settings.putIfAbsent("request.timeout.ms", 10_000);
        settings.putIfAbsent("max.block.ms", 15_000);
        return build(() -> new KafkaProducer<>(settings, new StringSerializer(), values));
    }

    /** A consumer of committed records outside any group: its caller assigns partitions and seeks. */
    public KafkaConsumer<String, byte[]> consumer() {
        return consumer(IsolationLevel.READ_COMMITTED);
    }

    /** As {@link #consumer()}, of records that are not committed as well if asked for. */
    public KafkaConsumer<String, byte[]> consumer(IsolationLevel isolation) {
        Map<String, Object> settings = settings();
        settings.put("isolation.level", isolation.toString());
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        settings.putIfAbsent("max.poll.records", 2_000);
        settings.putIfAbsent("fetch.max.wait.ms", 200);
        return build(() -> new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer()));
    }

    /**
     * A client of the schema registry.
     *
     * @throws CommandException with {@link ExitCodes#USAGE} if its settings are wrong
     */
    public SchemaRegistryClient registryClient() {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put(SchemaRegistryConfig.URL, registry);
        try {
            return SchemaRegistryClient.create(SchemaRegistryConfig.of(settings));
        } catch (IllegalArgumentException wrong) {
            throw new CommandException(ExitCodes.USAGE, String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("bootstrap.servers", bootstrap);
        settings.putIfAbsent("client.id", "headstream-cli");
        return settings;
    }

    private <C> C build(ClientBuilder<C> builder) {
        try {
            return builder.build();
        } catch (KafkaException failure) {
            throw refused(failure);
        }
    }

    private CommandException unreachable(Duration patience, Exception cause) {
        return new CommandException(
                ExitCodes.UNAVAILABLE,
                "no Kafka broker answered at " + bootstrap + " within " + Figures.duration(patience)
                        + ": start one with 'headstream stack', or name yours with --bootstrap",
                cause);
    }

    /** Kafka wraps the telling message once or twice. */
    private CommandException refused(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return new CommandException(
                ExitCodes.UNAVAILABLE, "Kafka at " + bootstrap + " cannot be used: " + root.getMessage(), failure);
    }

    private interface ClientBuilder<C> {
        C build();
    }
}
