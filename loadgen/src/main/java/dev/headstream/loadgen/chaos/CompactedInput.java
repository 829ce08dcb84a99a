package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.connection.Deployment;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A jobs topic that keeps the last event of a key only, so that its offsets have gaps. */
final class CompactedInput {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private CompactedInput() {}

    /** Lets the brokers compact whatever is older than a moment. */
    static void begin(Deployment deployment) throws Exception {
        Map<String, String> settings = Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.01",
                TopicConfig.SEGMENT_MS_CONFIG, "100");
        List<AlterConfigOp> changes = settings.entrySet().stream()
                .map(entry ->
                        new AlterConfigOp(new ConfigEntry(entry.getKey(), entry.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        try (Admin admin = deployment.admin(PATIENCE)) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(
                                    ConfigResource.Type.TOPIC,
                                    deployment.topics().jobs()),
                            changes))
                    .all()
                    .get();
        }
    }

    /** How many events there are to be read. */
    static int events(Deployment deployment) {
        Map<String, Object> settings = new HashMap<>(deployment.client());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, deployment.bootstrap());
        List<TopicPartition> partitions = IntStream.range(0, Arena.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(deployment.topics().jobs(), partition))
                .toList();
        try (Consumer<byte[], byte[]> reader =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
            int events = 0;
            while (partitions.stream().anyMatch(p -> reader.position(p) < ends.getOrDefault(p, 0L))) {
                events += reader.poll(Duration.ofMillis(200)).count();
            }
            return events;
        }
    }
}
