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

    private final String topic;
    private final Map<String, Object> properties;
    private final Admin admin;
    private final Deserializer<JobState> states;

    JournalReader(String topic, Map<String, Object> client, Admin admin, Deserializer<JobState> states) {
        this.topic = topic;
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
        Map<Integer, Journal.Entries> byPartition = epochs.entrySet().stream()
                .collect(Collectors.toMap(e -> e.getKey().partition(), e -> new Journal.Entries(e.getValue())));
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
                entries.put(states.deserialize(topic, entry.headers(), entry.value()));
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
