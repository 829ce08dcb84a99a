package dev.headstream.loadgen.stack;

import org.opentest4j.TestAbortedException;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** Kafka's official image in a container; a class of its own, because Testcontainers is there only when tests need it. */
final class DockerKafka implements AutoCloseable {
    private static final String IMAGE = "apache/kafka:4.4.0";

    private final KafkaContainer container;

    private DockerKafka(KafkaContainer container) {
        this.container = container;
    }

    /**
     * Starts a broker that is set up as the embedded one is.
     *
     * @throws TestAbortedException if no container engine answers
     */
    static DockerKafka start() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new TestAbortedException(
                    "skipped: " + TestKafka.VARIABLE + "=docker, but no container engine answers");
        }
        KafkaContainer container = new KafkaContainer(DockerImageName.parse(IMAGE))
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
                .withEnv("KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS", "1000");
        container.start();
        return new DockerKafka(container);
    }

    String bootstrap() {
        return container.getBootstrapServers();
    }

    @Override
    public void close() {
        container.stop();
    }
}
