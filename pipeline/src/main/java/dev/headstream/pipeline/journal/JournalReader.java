package dev.headstream.pipeline.journal;

import dev.headstream.schemas.MalformedRecordException;
import dev.headstream.v1.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads journal partitions from their start to the end that they have now. Blocks: not for Reactor's threads nor the
 * poll thread.
 *
 * <p>The end is the high watermark, not the last stable offset: behind the latter a transaction of the last owner may
 * be pending. The records are read committed, so the read waits until that transaction is settled, at the latest when
 * the transaction coordinator times it out.
 */
final class JournalReader {
    private static final Logger log = LoggerFactory.getLogger(JournalReader.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration FOR_EVER = Duration.ofMillis(Long.MAX_VALUE);

    private final String topic;
    private final Map<String, Object> properties;
    private final Admin admin;
    private final Deserializer<JobState> states;
    private final Journal journal;

    /** @param journal what it is read for, and what bounds it meanwhile */
    JournalReader(
            String topic, Map<String, Object> client, Admin admin, Deserializer<JobState> states, Journal journal) {
        this.topic = topic;
        this.journal = journal;
        this.admin = admin;
        this.states = states;
        this.properties = new HashMap<>(client);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
    }

    /**
     * Reads the journal beside these partitions of the jobs topic.
     *
     * @param wanted asked between polls; once false, reading stops and what was read is of no use
     * @throws KafkaException if the broker cannot be asked
     */
    Map<TopicPartition, Journal.Entries> read(Map<TopicPartition, Long> epochs, BooleanSupplier wanted)
            throws InterruptedException {
        Duration retention = retention();
        Map<Integer, Journal.Entries> byPartition = epochs.entrySet().stream()
                .collect(Collectors.toMap(
                        e -> e.getKey().partition(), e -> new Journal.Entries(e.getValue(), retention)));
        Map<TopicPartition, Long> ends = ends(byPartition.keySet().stream()
                .map(p -> new TopicPartition(topic, p))
                .toList());
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(ends.keySet());
            consumer.seekToBeginning(ends.keySet());
            while (wanted.getAsBoolean() && behind(consumer, ends)) {
                for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
                    apply(Objects.requireNonNull(byPartition.get(entry.partition())), entry);
                }
                journal.bound(byPartition.values());
            }
        }
        return epochs.keySet().stream()
                .collect(Collectors.toMap(p -> p, p -> Objects.requireNonNull(byPartition.get(p.partition()))));
    }

    private void apply(Journal.Entries entries, ConsumerRecord<byte[], byte[]> entry) {
        if (entry.key() == null) {
            return;
        }
        if (entry.value() == null) {
            entries.remove(new String(entry.key(), StandardCharsets.UTF_8));
        } else {
            try {
                entries.put(states.deserialize(topic, entry.headers(), entry.value()), entry.timestamp());
            } catch (MalformedRecordException e) {
                log.error(
                        "journal entry cannot be read, its job may run again topic={} partition={} offset={}",
                        topic,
                        entry.partition(),
                        entry.offset(),
                        e);
            }
        }
    }

    /** How long the topic keeps its records; who may not ask keeps what it reads for as long as there is room. */
    private Duration retention() throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            Config config = Objects.requireNonNull(
                    admin.describeConfigs(List.of(resource)).all().get().get(resource));
            ConfigEntry policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
            ConfigEntry retention = config.get(TopicConfig.RETENTION_MS_CONFIG);
            boolean deletes = policy != null && policy.value().contains(TopicConfig.CLEANUP_POLICY_DELETE);
            long millis = deletes && retention != null ? Long.parseLong(retention.value()) : -1;
            return millis < 0 ? FOR_EVER : Duration.ofMillis(millis);
        } catch (ExecutionException e) {
            log.info("retention of the journal is not known, its marks are kept topic={}: {}", topic, e.toString());
            return FOR_EVER;
        }
    }

    private static boolean behind(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
    }

    private Map<TopicPartition, Long> ends(List<TopicPartition> partitions) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> latest =
                partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest()));
        try {
            return admin
                    .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                    .all()
                    .get()
                    .entrySet()
                    .stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, e -> offset(e.getValue())));
        } catch (ExecutionException e) {
            throw new KafkaException("cannot find the end of the journal topic " + topic, e.getCause());
        }
    }

    private static long offset(ListOffsetsResultInfo info) {
        return info.offset();
    }
}
