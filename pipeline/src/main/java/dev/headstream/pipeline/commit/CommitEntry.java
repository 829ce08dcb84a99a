package dev.headstream.pipeline.commit;

import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Records that must appear together, and the offset that they finish, if they finish one.
 *
 * @param partition the partition of the event that they came of
 * @param epoch the assignment of it under which the work was done; if it no longer holds, nothing is written
 * @param finishes the offset that is finished with these records
 * @param urgent whether somebody waits for it: commit at once
 */
public record CommitEntry(
        TopicPartition partition,
        long epoch,
        OptionalLong finishes,
        List<ProducerRecord<byte[], byte[]>> records,
        boolean urgent,
        Settled settled) {

    public CommitEntry {
        records = List.copyOf(records);
    }

    /** Bytes of its records' keys and values. */
    long bytes() {
        long bytes = 0;
        for (ProducerRecord<byte[], byte[]> record : records) {
            bytes += record.key() == null ? 0 : record.key().length;
            bytes += record.value() == null ? 0 : record.value().length;
        }
        return bytes;
    }

    /** Told once what became of an entry, on the committer's thread; must not block. */
    public interface Settled {

        /** Wants to know nothing. */
        Settled IGNORED = new Settled() {
            @Override
            public void committed() {}

            @Override
            public void dropped() {}

            @Override
            public void refused(RuntimeException cause) {}
        };

        /** It is durable. */
        void committed();

        /** The partition is no longer ours: its new owner does the work again, or resumes it. */
        void dropped();

        /** The broker takes these records in no transaction; the offset is still unfinished. */
        void refused(RuntimeException cause);
    }
}
