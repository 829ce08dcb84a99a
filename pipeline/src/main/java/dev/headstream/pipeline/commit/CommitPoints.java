package dev.headstream.pipeline.commit;

import dev.headstream.pipeline.offset.CommitPoint;
import dev.headstream.pipeline.offset.OffsetLedger;
import dev.headstream.pipeline.offset.OffsetLedgers;
import dev.headstream.pipeline.source.Ownership;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What a batch says about offsets, between the ledgers and Kafka. Thread-safe. */
final class CommitPoints {
    private final OffsetLedgers ledgers;

    CommitPoints(OffsetLedgers ledgers) {
        this.ledgers = ledgers;
    }

    /**
     * The offsets of a batch: of every partition that it has entries of, even if its watermark does not move, because the
     * offsets are what fences it; and of those whose watermark moved past markers or gaps.
     *
     * @param any of any partition at least, for the sake of the fence alone
     */
    Map<TopicPartition, CommitPoint> of(List<CommitEntry> entries, Ownership owned, boolean any) {
        Map<TopicPartition, List<Long>> finished = finished(entries);
        Map<TopicPartition, CommitPoint> points = new HashMap<>();
        owned.epochs().forEach((partition, epoch) -> {
            Optional<OffsetLedger> ledger = ledgers.of(partition, epoch).filter(OffsetLedger::isReady);
            if (ledger.isPresent()
                    && (finished.containsKey(partition) || ledger.get().moved() || (any && points.isEmpty()))) {
                points.put(partition, ledger.get().pointWith(finished.getOrDefault(partition, List.of())));
            }
        });
        return points;
    }

    /** Tells the ledgers what is committed; never before it is. */
    void committed(List<CommitEntry> entries, Map<TopicPartition, CommitPoint> points, Ownership owned) {
        Map<TopicPartition, List<Long>> finished = finished(entries);
        owned.epochs()
                .forEach((partition, epoch) -> ledgers.of(partition, epoch).ifPresent(ledger -> {
                    ledger.complete(finished.getOrDefault(partition, List.of()));
                    CommitPoint point = points.get(partition);
                    if (point != null) {
                        ledger.committed(point);
                    }
                }));
    }

    /** The same in Kafka's terms. */
    static Map<TopicPartition, OffsetAndMetadata> offsets(Map<TopicPartition, CommitPoint> points) {
        return points.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        e -> new OffsetAndMetadata(
                                e.getValue().offset(), e.getValue().metadata())));
    }

    private static Map<TopicPartition, List<Long>> finished(List<CommitEntry> entries) {
        Map<TopicPartition, List<Long>> finished = new HashMap<>();
        for (CommitEntry entry : entries) {
            List<Long> offsets = finished.computeIfAbsent(entry.partition(), p -> new ArrayList<>());
            entry.finishes().ifPresent(offsets::add);
        }
        return finished;
    }
}
