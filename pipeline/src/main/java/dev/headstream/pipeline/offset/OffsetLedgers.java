package dev.headstream.pipeline.offset;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;

/** The ledgers of the partitions that are assigned now. Thread-safe. */
public final class OffsetLedgers {
    private final Map<TopicPartition, Entry> ledgers = new ConcurrentHashMap<>();

    private record Entry(long epoch, OffsetLedger ledger) {}

    /** Starts an empty ledger for a new assignment of a partition. */
    public void assigned(TopicPartition partition, long epoch) {
        ledgers.put(partition, new Entry(epoch, new OffsetLedger()));
    }

    /** Forgets a partition that was revoked or lost. */
    public void dropped(TopicPartition partition) {
        ledgers.remove(partition);
    }

    /** The ledger of a partition, if that assignment of it still holds. */
    public Optional<OffsetLedger> of(TopicPartition partition, long epoch) {
        return Optional.ofNullable(ledgers.get(partition))
                .filter(entry -> entry.epoch() == epoch)
                .map(Entry::ledger);
    }

    /** Visits all ledgers. */
    public void forEach(BiConsumer<TopicPartition, OffsetLedger> visitor) {
        ledgers.forEach((partition, entry) -> visitor.accept(partition, entry.ledger()));
    }
}
