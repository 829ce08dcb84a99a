package dev.headstream.pipeline.commit;

import dev.headstream.pipeline.offset.CompletedOffsets;
import dev.headstream.pipeline.offset.FinishedOffsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads a group's committed offsets and what is recorded as finished above them. Blocks: not for Reactor's threads nor the
 * poll thread. Thread-safe.
 */
public final class CommittedOffsets {
    private static final Duration UNSTABLE_PAUSE = Duration.ofMillis(250);
    /** A transaction that hangs longer is reported, and whoever asks decides whether to ask again. */
    private static final Duration UNSTABLE_TIMEOUT = Duration.ofSeconds(15);

    private final Admin admin;

    public CommittedOffsets(Admin admin) {
        this.admin = admin;
    }

    /**
     * Reads the committed offsets of these partitions, once no pending transaction can change them; those without one
     * are absent.
     *
     * @throws KafkaException if the broker cannot be asked, or a transaction stays pending
     */
    public Map<TopicPartition, FinishedOffsets> read(String groupId, Set<TopicPartition> partitions)
            throws InterruptedException {
        long deadline = System.nanoTime() + UNSTABLE_TIMEOUT.toNanos();
        while (true) {
            Map<TopicPartition, OffsetAndMetadata> committed = list(groupId, partitions, true);
            // A partition without a commit is there, as null; one with a pending transaction is left out.
            if (committed.keySet().containsAll(partitions)) {
                return decoded(committed);
            }
            if (System.nanoTime() > deadline) {
                throw new KafkaException(
                        "a transaction with offsets of group " + groupId + " is pending for " + UNSTABLE_TIMEOUT);
            }
            TimeUnit.MILLISECONDS.sleep(UNSTABLE_PAUSE.toMillis());
        }
    }

    /**
     * Reads what is committed at this moment, whatever is pending: to show how far a group is, not to go on from there.
     *
     * @throws KafkaException if the broker cannot be asked
     */
    public Map<TopicPartition, FinishedOffsets> readNow(String groupId, Set<TopicPartition> partitions)
            throws InterruptedException {
        return decoded(list(groupId, partitions, false));
    }

    private Map<TopicPartition, OffsetAndMetadata> list(String groupId, Set<TopicPartition> partitions, boolean stable)
            throws InterruptedException {
        ListConsumerGroupOffsetsSpec spec = new ListConsumerGroupOffsetsSpec().topicPartitions(partitions);
        try {
            return admin.listConsumerGroupOffsets(
                            Map.of(groupId, spec), new ListConsumerGroupOffsetsOptions().requireStable(stable))
                    .partitionsToOffsetAndMetadata(groupId)
                    .get();
        } catch (ExecutionException e) {
            throw new KafkaException(
                    "cannot read the committed offsets of group " + groupId + " for "
                            + partitions.stream().map(String::valueOf).sorted().collect(Collectors.joining(", ")),
                    e.getCause());
        }
    }

    private static Map<TopicPartition, FinishedOffsets> decoded(Map<TopicPartition, OffsetAndMetadata> committed) {
        Map<TopicPartition, FinishedOffsets> finished = new HashMap<>();
        committed.forEach((partition, point) -> {
            if (point != null) {
                finished.put(partition, CompletedOffsets.decode(point.offset(), point.metadata()));
            }
        });
        return finished;
    }
}
