package dev.headstream.pipeline.commit;

import dev.headstream.pipeline.offset.CompletedOffsets;
import dev.headstream.pipeline.offset.FinishedOffsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads a group's committed offsets and what is recorded as finished above them. Waits for pending transactions to be
 * settled ({@code requireStable}). Blocks: not for Reactor's threads nor the poll thread. Thread-safe.
 */
public final class CommittedOffsets {
    private final Admin admin;

    public CommittedOffsets(Admin admin) {
        this.admin = admin;
    }

    /**
     * Reads the committed offsets of these partitions; those without one are absent.
     *
     * @throws KafkaException if the broker cannot be asked
     */
    public Map<TopicPartition, FinishedOffsets> read(String groupId, Set<TopicPartition> partitions)
            throws InterruptedException {
        ListConsumerGroupOffsetsSpec spec = new ListConsumerGroupOffsetsSpec().topicPartitions(partitions);
        Map<TopicPartition, OffsetAndMetadata> committed;
        try {
            committed = admin.listConsumerGroupOffsets(
                            Map.of(groupId, spec), new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata(groupId)
                    .get();
        } catch (ExecutionException e) {
            throw new KafkaException(
                    "cannot read the committed offsets of group " + groupId + " for "
                            + partitions.stream().map(String::valueOf).sorted().collect(Collectors.joining(", ")),
                    e.getCause());
        }
        Map<TopicPartition, FinishedOffsets> finished = new HashMap<>();
        committed.forEach((partition, point) -> {
            if (point != null) {
                finished.put(partition, CompletedOffsets.decode(point.offset(), point.metadata()));
            }
        });
        return finished;
    }
}
