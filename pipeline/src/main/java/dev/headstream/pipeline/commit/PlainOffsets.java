package dev.headstream.pipeline.commit;

import dev.headstream.pipeline.source.Ownership;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Commits offsets without a transaction, as the member of the group that the source is. */
@FunctionalInterface
public interface PlainOffsets {

    /**
     * Commits offsets, if all these partitions are owned under the assignments of the snapshot at that very moment. Blocks
     * for a bounded time.
     *
     * @throws org.apache.kafka.clients.consumer.CommitFailedException if a partition has gone, or the group takes this
     *     member for dead
     * @throws org.apache.kafka.common.KafkaException if the offsets may not be committed; asking again is safe
     */
    void commit(Map<TopicPartition, OffsetAndMetadata> offsets, Ownership owned) throws InterruptedException;
}
