package dev.headstream.loadgen.results;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.schemas.AvroDeserializer;
import dev.headstream.schemas.MalformedRecordException;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.v1.JobResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the committed results of all partitions from a chosen place on; results of open or aborted transactions never show.
 * Records that are no results are skipped and counted. Confined to one thread.
 */
public final class ResultReader implements AutoCloseable {
    private final KafkaConsumer<String, byte[]> consumer;
    private final SchemaRegistryClient registry;
    private final AvroDeserializer<JobResult> deserializer;
    private final List<TopicPartition> partitions;
    private long unreadable;

    private ResultReader(KafkaConsumer<String, byte[]> consumer, SchemaRegistryClient registry, String topic) {
        this.consumer = consumer;
        this.registry = registry;
        this.deserializer = new AvroDeserializer<>(JobResult.class, registry);
        this.partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        fromBeginning();
    }

    /** Opens a reader at the beginning of the deployment's result topic, which must exist. */
    public static ResultReader open(Deployment deployment) {
        SchemaRegistryClient registry = deployment.registryClient();
        KafkaConsumer<String, byte[]> consumer = deployment.consumer();
        try {
            return new ResultReader(consumer, registry, deployment.topics().results());
        } catch (RuntimeException failure) {
            consumer.close();
            registry.close();
            throw failure;
        }
    }

    /** Goes to the oldest result that is kept. */
    public void fromBeginning() {
        consumer.seekToBeginning(partitions);
    }

    /** Goes behind the newest committed result; returns when that place is fixed. */
    public void fromEnd() {
        // offsets are asked for and set, because seekToEnd alone would be decided only in a later poll
        consumer.endOffsets(partitions).forEach(consumer::seek);
    }

    /** Goes to the first result that was written at or after an instant. */
    public void since(Instant start) {
        Map<TopicPartition, Long> times = partitions.stream()
                .collect(Collectors.toMap(partition -> partition, partition -> start.toEpochMilli()));
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.offsetsForTimes(times)
                .forEach((partition, found) ->
                        consumer.seek(partition, found == null ? ends.getOrDefault(partition, 0L) : found.offset()));
    }

    /** The places up to which everything is committed now. */
    public End end() {
        return new End(new HashMap<>(consumer.endOffsets(partitions)));
    }

    /** Whether everything before an end has been returned by {@link #poll}. */
    public boolean isAt(End end) {
        return end.offsets().entrySet().stream()
                .allMatch(entry -> consumer.position(entry.getKey()) >= entry.getValue());
    }

    /** The next results, in order within each partition; empty if none came in time. */
    public List<JobResult> poll(Duration timeout) {
        List<JobResult> results = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : consumer.poll(timeout)) {
            try {
                JobResult result = deserializer.deserialize(record.topic(), record.value());
                if (result != null) {
                    results.add(result);
                }
            } catch (MalformedRecordException noResult) {
                unreadable++;
            }
        }
        return results;
    }

    /** How many records were no results. */
    public long unreadable() {
        return unreadable;
    }

    @Override
    public void close() {
        consumer.close();
        registry.close();
    }

    /** A place in every partition. */
    public record End(Map<TopicPartition, Long> offsets) {
        public End {
            offsets = Map.copyOf(offsets);
        }
    }
}
