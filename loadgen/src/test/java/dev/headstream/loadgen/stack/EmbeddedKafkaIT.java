package dev.headstream.loadgen.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedKafkaIT {
    private static final String TOPIC = "events";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    @Test
    void transaction_givenCommittedAndAbortedRecords_expectsOnlyTheCommittedRead() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            createTopic(kafka);
            try (KafkaProducer<String, String> producer = transactional(kafka)) {
                producer.initTransactions();
                send(producer, "kept");
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(TOPIC, "k", "dropped")).get();
                producer.abortTransaction();
                send(producer, "kept too");
            }

            assertThat(read(kafka, "readers", 2)).containsExactly("kept", "kept too");
        }
    }

    @Test
    void restart_givenTheSameDirectory_expectsRecordsOffsetsAndPortsKept(@TempDir Path directory) throws Exception {
        EmbeddedKafka.Options options = EmbeddedKafka.Options.defaults().withDataDirectory(directory);
        String bootstrap;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(options)) {
            bootstrap = kafka.bootstrap();
            createTopic(kafka);
            try (KafkaProducer<String, String> producer = transactional(kafka)) {
                producer.initTransactions();
                send(producer, "first");
            }
            assertThat(read(kafka, "readers", 1)).containsExactly("first");
        }

        try (EmbeddedKafka kafka = EmbeddedKafka.start(options)) {
            assertThat(kafka.bootstrap()).isEqualTo(bootstrap);
            try (KafkaProducer<String, String> producer = transactional(kafka)) {
                producer.initTransactions();
                send(producer, "second");
            }
            assertThat(read(kafka, "readers", 1)).containsExactly("second");
            assertThat(read(kafka, "others", 2)).containsExactly("first", "second");
        }
    }

    @Test
    void stop_givenOneOfThreeNodes_expectsTheOthersToServeAndTheNodeToReturn() throws Exception {
        try (EmbeddedKafka kafka =
                        EmbeddedKafka.start(EmbeddedKafka.Options.defaults().withNodes(3));
                Admin admin = admin(kafka)) {
            createTopic(kafka);
            try (KafkaProducer<String, String> producer = transactional(kafka)) {
                producer.initTransactions();
                send(producer, "before");
                kafka.stop(leader(admin));
                send(producer, "during");
                int stopped = kafka.isRunning(1) ? kafka.isRunning(2) ? 3 : 2 : 1;
                kafka.start(stopped);
                await().atMost(Duration.ofSeconds(30)).until(() -> inSync(admin).size() == 3);
                send(producer, "after");
            }

            assertThat(read(kafka, "readers", 3)).containsExactly("before", "during", "after");
        }
    }

    @Test
    void close_givenATemporaryDirectory_expectsNoDirectoryAndNoThreadLeft() {
        Set<Thread> before = liveUserThreads();
        EmbeddedKafka kafka = EmbeddedKafka.start();
        Path directory = kafka.dataDirectory();
        assertThat(directory).isDirectory();

        kafka.close();
        kafka.close();

        assertThat(directory).doesNotExist();
        await().pollInSameThread().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(liveUserThreads())
                .isSubsetOf(before));
    }

    @Test
    void start_givenADirectoryInUse_expectsAnErrorThatNamesIt(@TempDir Path directory) {
        EmbeddedKafka.Options options = EmbeddedKafka.Options.defaults().withDataDirectory(directory);
        try (EmbeddedKafka kafka = EmbeddedKafka.start(options)) {
            assertThat(kafka.isRunning(1)).isTrue();
            assertThatThrownBy(() -> EmbeddedKafka.start(options))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining(
                            "in use by process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void start_givenATakenFixedPort_expectsAnErrorThatNamesIt(@TempDir Path directory) throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            EmbeddedKafka.Options options = EmbeddedKafka.Options.defaults()
                    .withDataDirectory(directory)
                    .withPorts(other.getLocalPort());
            assertThatThrownBy(() -> EmbeddedKafka.start(options))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("port " + other.getLocalPort());
            assertThat(Files.exists(directory.resolve("node-1"))).isFalse();
        }
    }

    @Test
    void start_givenRememberedPortsTaken_expectsOtherPortsAndTheRecordsKept(@TempDir Path directory) throws Exception {
        EmbeddedKafka.Options options = EmbeddedKafka.Options.defaults().withDataDirectory(directory);
        int port;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(options)) {
            createTopic(kafka);
            port = port(kafka);
            try (KafkaProducer<String, String> producer = transactional(kafka)) {
                producer.initTransactions();
                send(producer, "kept");
            }
        }

        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                EmbeddedKafka kafka = EmbeddedKafka.start(options)) {
            assertThat(port(kafka)).isNotEqualTo(other.getLocalPort());
            assertThat(read(kafka, "readers", 1)).containsExactly("kept");
        }
    }

    @Test
    void start_givenADirectoryOfAnotherSize_expectsAnErrorThatSaysSo(@TempDir Path directory) {
        EmbeddedKafka.Options options = EmbeddedKafka.Options.defaults().withDataDirectory(directory);
        EmbeddedKafka.start(options).close();

        assertThatThrownBy(() -> EmbeddedKafka.start(options.withNodes(3)))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("1 node(s), not 3");
    }

    private static int port(EmbeddedKafka kafka) {
        return Integer.parseInt(kafka.bootstrap().substring(kafka.bootstrap().indexOf(':') + 1));
    }

    private static Set<Thread> liveUserThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !thread.isDaemon())
                .collect(Collectors.toSet());
    }

    private static Admin admin(EmbeddedKafka kafka) {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
    }

    private static void createTopic(EmbeddedKafka kafka) throws Exception {
        try (Admin admin = admin(kafka)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) kafka.nodes())))
                    .all()
                    .get();
        }
    }

    private static int leader(Admin admin) throws Exception {
        return partition(admin).leader().id();
    }

    private static List<Node> inSync(Admin admin) throws Exception {
        return partition(admin).isr();
    }

    private static TopicPartitionInfo partition(Admin admin) throws Exception {
        TopicDescription topic = Objects.requireNonNull(
                admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC));
        return topic.partitions().get(0);
    }

    private static KafkaProducer<String, String> transactional(EmbeddedKafka kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap(), "transactional.id", "writer"),
                new StringSerializer(),
                new StringSerializer());
    }

    private static void send(KafkaProducer<String, String> producer, String value) throws Exception {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, "k", value)).get();
        producer.commitTransaction();
    }

    private static List<String> read(EmbeddedKafka kafka, String group, int count) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", kafka.bootstrap(),
                        "group.id", group,
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            List<String> values = new ArrayList<>();
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                    consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(record.offset() + 1)));
                }
                return values.size() >= count;
            });
            return values;
        }
    }
}
