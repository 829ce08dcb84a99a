package dev.headstream.loadgen.stack;

import dev.headstream.schemas.Topics;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka that integration tests run against, one per test JVM: started by the first test that asks and stopped with the
 * JVM. The environment variable {@code HEADSTREAM_TEST_KAFKA} says which: {@code embedded} (default), {@code docker} (an
 * {@code apache/kafka} container; tests are skipped, and say so, where no container engine answers; the module needs
 * {@code org.testcontainers:testcontainers-kafka} among its test dependencies) or the bootstrap servers of a running
 * cluster. The schema registry beside it is always an {@link EmbeddedRegistry}.
 *
 * <p>Tests share the broker, so each takes topics of its own by {@link #topics}. Thread-safe.
 */
public final class TestKafka implements AutoCloseable {
    /** Names the kind of Kafka. */
    public static final String VARIABLE = "HEADSTREAM_TEST_KAFKA";

    private static @Nullable TestKafka shared;

    private final String bootstrap;
    private final AutoCloseable broker;
    private final EmbeddedRegistry registry;

    private TestKafka(String bootstrap, AutoCloseable broker, EmbeddedRegistry registry) {
        this.bootstrap = bootstrap;
        this.broker = broker;
        this.registry = registry;
    }

    /**
     * The one of this JVM, started if it is not.
     *
     * @throws org.opentest4j.TestAbortedException if Docker was asked for and does not answer: the test is skipped
     */
    public static synchronized TestKafka shared() {
        if (shared == null) {
            shared = start(Optional.ofNullable(System.getenv(VARIABLE)).orElse("embedded"));
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close, "test-kafka-close"));
        }
        return shared;
    }

    static TestKafka start(String kind) {
        switch (kind.toLowerCase(Locale.ROOT)) {
            case "", "embedded" -> {
                EmbeddedKafka kafka = EmbeddedKafka.start();
                return new TestKafka(kafka.bootstrap(), kafka, EmbeddedRegistry.start());
            }
            case "docker" -> {
                DockerKafka kafka = DockerKafka.start();
                return new TestKafka(kafka.bootstrap(), kafka, EmbeddedRegistry.start());
            }
            default -> {
                if (!kind.contains(":")) {
                    throw new IllegalArgumentException(
                            VARIABLE + " must be embedded, docker or host:port[,host:port...], not " + kind);
                }
                return new TestKafka(kind, () -> {}, EmbeddedRegistry.start());
            }
        }
    }

    /** For {@code bootstrap.servers}. */
    public String bootstrap() {
        return bootstrap;
    }

    /** For {@code schema.registry.url}. */
    public String registryUrl() {
        return registry.url();
    }

    /** A topic prefix, group id or transactional id that nobody has used, recognisable by the name of the test. */
    public static String uniqueName(Class<?> test) {
        int random = ThreadLocalRandom.current().nextInt(0x1000000);
        return test.getSimpleName() + "-" + HexFormat.of().toHexDigits(random, 6);
    }

    /** Creates topics under a prefix of their own and registers their contracts. */
    public Topics topics(Class<?> test, int partitions) {
        Topics topics = Topics.withPrefix(uniqueName(test));
        LocalStack.start(LocalStack.Options.defaults()
                .withBootstrap(bootstrap)
                .withRegistryUrl(registryUrl())
                .withTopics(topics)
                .withPartitions(partitions));
        return topics;
    }

    @Override
    public void close() {
        try (registry) {
            broker.close();
        } catch (Exception failure) {
            throw new StackException("the Kafka of the tests did not stop: " + failure, failure);
        }
    }
}
