package dev.headstream.pipeline.commit;

import dev.headstream.pipeline.source.Ownership;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Makes a batch of entries durable: the seam between the ways to deliver. A failure of any kind leaves a writer that works,
 * and is an outcome; what is thrown instead cannot be helped by another try. Confined to the committer's thread.
 */
interface BatchWriter extends AutoCloseable {

    /**
     * Writes the records of the entries, and the offsets with them or after them, never before.
     *
     * @param owned the snapshot that entries and offsets were chosen by; the offsets are committed under no other
     */
    BatchResult write(List<CommitEntry> entries, Map<TopicPartition, OffsetAndMetadata> offsets, Ownership owned)
            throws InterruptedException;

    /** These entries will not be written again, whatever became of them. */
    default void settled(Collection<CommitEntry> entries) {}

    /** Ends it within a bounded time; what is not durable by then need not become so. */
    @Override
    void close();
}
