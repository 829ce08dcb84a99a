package dev.headstream.loadgen.audit;

import dev.headstream.loadgen.audit.CommitLog.Commit;
import dev.headstream.loadgen.audit.CommitLog.Entry;
import dev.headstream.loadgen.audit.CommitLog.Generation;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.coordinator.group.generated.CoordinatorRecordType;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogKey;

/**
 * Reads the log of a group's coordinator from a broker's files, since consumers are not told whose transaction a record
 * belongs to. For brokers of this machine with one partition each for offsets and transactions, and the classic protocol.
 */
final class CommitLogReader {
    private static final String OFFSETS = "__consumer_offsets-0";
    private static final String TRANSACTIONS = "__transaction_state-0";

    private final String topic;
    private final String groupId;
    private final Map<Long, String> producers = new HashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Long, List<Commit>> pending = new HashMap<>();
    private Generation current = new Generation(0, Map.of());

    private CommitLogReader(String topic, String groupId) {
        this.topic = topic;
        this.groupId = groupId;
    }

    /**
     * Reads it.
     *
     * @param broker the directory in which one broker keeps its logs
     * @param topic whose commits are wanted
     */
    static CommitLog read(Path broker, String topic, String groupId) throws IOException {
        CommitLogReader reader = new CommitLogReader(topic, groupId);
        for (File segment : segments(broker.resolve(TRANSACTIONS))) {
            reader.eachBatch(segment, batch -> batch.forEach(reader::transaction));
        }
        for (File segment : segments(broker.resolve(OFFSETS))) {
            reader.eachBatch(segment, reader::offsets);
        }
        return new CommitLog(reader.entries);
    }

    private static List<File> segments(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .map(Path::toFile)
                    .toList();
        }
    }

    private interface Visitor {
        void visit(RecordBatch batch);
    }

    private void eachBatch(File segment, Visitor visitor) throws IOException {
        try (FileRecords records = FileRecords.open(segment, false)) {
            records.batches().forEach(visitor::visit);
        }
    }

    /** A transactional id of a worker is its name, a hyphen and a UUID. */
    private void transaction(Record record) {
        ByteBuffer key = record.key();
        ByteBuffer value = record.value();
        if (key == null || value == null || key.getShort() != 0) {
            return;
        }
        String id = new TransactionLogKey(new ByteBufferAccessor(key), (short) 0).transactionalId();
        short version = value.getShort();
        long producer = new org.apache.kafka.coordinator.transaction.generated.TransactionLogValue(
                        new ByteBufferAccessor(value), version)
                .producerId();
        producers.put(producer, id.replaceFirst("-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", ""));
    }

    private void offsets(RecordBatch batch) {
        for (Record record : batch) {
            if (batch.isControlBatch()) {
                end(batch.producerId(), ControlRecordType.parse(record.key()) == ControlRecordType.COMMIT);
            } else {
                entry(batch, record);
            }
        }
    }

    private void end(long producer, boolean committed) {
        List<Commit> written = pending.remove(producer);
        if (written != null && committed) {
            entries.addAll(written);
        }
    }

    private void entry(RecordBatch batch, Record record) {
        ByteBuffer key = record.key();
        ByteBuffer value = record.value();
        if (key == null || value == null) {
            return;
        }
        short type = key.getShort();
        short version = value.getShort();
        if (type == CoordinatorRecordType.OFFSET_COMMIT.id()) {
            commit(
                    batch,
                    new OffsetCommitKey(new ByteBufferAccessor(key), (short) 0),
                    new OffsetCommitValue(new ByteBufferAccessor(value), version));
        } else if (type == CoordinatorRecordType.GROUP_METADATA.id()) {
            generation(
                    new GroupMetadataKey(new ByteBufferAccessor(key), (short) 0),
                    new GroupMetadataValue(new ByteBufferAccessor(value), version));
        }
    }

    private void commit(RecordBatch batch, OffsetCommitKey key, OffsetCommitValue value) {
        if (!key.group().equals(groupId) || !key.topic().equals(topic)) {
            return;
        }
        Commit commit = new Commit(
                producers.getOrDefault(batch.producerId(), ""),
                key.partition(),
                value.offset(),
                value.metadata().length(),
                current);
        if (batch.isTransactional()) {
            pending.computeIfAbsent(batch.producerId(), producer -> new ArrayList<>())
                    .add(commit);
        } else {
            entries.add(commit);
        }
    }

    private void generation(GroupMetadataKey key, GroupMetadataValue value) {
        if (!key.group().equals(groupId)) {
            return;
        }
        Map<Integer, String> owners = new HashMap<>();
        for (GroupMetadataValue.MemberMetadata member : value.members()) {
            if (member.assignment() != null && member.assignment().length > 0) {
                ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(member.assignment())).partitions().stream()
                        .filter(partition -> partition.topic().equals(topic))
                        .map(TopicPartition::partition)
                        .forEach(partition -> owners.put(partition, member.clientId()));
            }
        }
        current = new Generation(value.generation(), owners);
        entries.add(current);
    }
}
