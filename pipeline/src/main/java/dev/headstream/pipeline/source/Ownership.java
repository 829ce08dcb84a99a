package dev.headstream.pipeline.source;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Which partitions this member owns, and the group metadata that belongs to exactly that: one immutable snapshot. Every
 * assignment of a partition has an epoch of its own, so that work from before a revocation is told from work after it.
 *
 * <p>KIP-447 fences generations, not ownership: after a cooperative rebalance a live member could still commit a
 * partition that it has lost with its current generation. So the committer takes both from the same snapshot: metadata
 * of an old generation is refused by the broker, and a partition that is gone is not in the map.
 */
public record Ownership(Map<TopicPartition, Long> epochs, ConsumerGroupMetadata group) {
    public Ownership {
        epochs = Map.copyOf(epochs);
    }

    /** Whether that very assignment of the partition still holds. */
    public boolean owns(TopicPartition partition, long epoch) {
        Long current = epochs.get(partition);
        return current != null && current == epoch;
    }
}
