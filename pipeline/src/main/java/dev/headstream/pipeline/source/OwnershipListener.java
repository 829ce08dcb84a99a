package dev.headstream.pipeline.source;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** Told of every change of ownership, on the poll thread, with assigned, revoked and lost told apart. */
public interface OwnershipListener {

    /** Newly assigned partitions with their epochs. Nothing of them is fetched until their ledger is restored. */
    void assigned(Map<TopicPartition, Long> epochs);

    /**
     * Partitions that will be given up when this returns; they are still ours, and may be committed, until then. May
     * block for a bounded time: the group waits for it.
     */
    void revoking(Set<TopicPartition> partitions);

    /** Partitions that are not ours any more, given up or lost; nothing of theirs may be committed or acted on. */
    void dropped(Set<TopicPartition> partitions);
}
