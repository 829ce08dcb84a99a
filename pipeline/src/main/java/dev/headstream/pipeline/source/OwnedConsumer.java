package dev.headstream.pipeline.source;

import dev.headstream.pipeline.offset.OffsetLedger;
import dev.headstream.pipeline.offset.OffsetLedgers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The consumer under reactor-kafka. It adds four things: ownership with epochs, the ledger of polled offsets, gates
 * that reactor-kafka cannot open by accident, and commits for those who are not on its thread. Confined to the poll thread.
 */
final class OwnedConsumer extends KafkaConsumer<byte[], Payload> {
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(5);

    private final OffsetLedgers ledgers;
    private final SourceGate gate;
    private final OwnershipListener listener;
    private final CommitRequests commits;
    private final Consumer<Ownership> publisher;

    private final Map<TopicPartition, Long> epochs = new HashMap<>();

    /** What reactor-kafka has paused for want of demand; what is paused in fact is this and the gated. */
    private final Set<TopicPartition> withoutDemand = new HashSet<>();

    private final CountDownLatch closed = new CountDownLatch(1);
    private long lastEpoch;

    OwnedConsumer(
            Map<String, Object> properties,
            OffsetLedgers ledgers,
            SourceGate gate,
            OwnershipListener listener,
            CommitRequests commits,
            Consumer<Ownership> publisher) {
        super(properties, new ByteArrayDeserializer(), (topic, bytes) -> new Payload(bytes, 0));
        this.ledgers = ledgers;
        this.gate = gate;
        this.listener = listener;
        this.commits = commits;
        this.publisher = publisher;
    }

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener reactorKafka) {
        super.subscribe(topics, new OwnershipTracking(reactorKafka));
    }

    @Override
    public ConsumerRecords<byte[], Payload> poll(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            boolean wokenUp = serveCommits();
            applyGates();
            Duration left = Duration.ofNanos(wokenUp ? 0 : Math.max(0, deadline - System.nanoTime()));
            Duration step = commits.longestPoll(left);
            ConsumerRecords<byte[], Payload> owned = recordInLedgers(super.poll(step));
            // Also when nothing was assigned or revoked: a rebalance that leaves our partitions alone has a new
            // generation.
            publish();
            if (!owned.isEmpty() || step.equals(left)) {
                return owned;
            }
        }
    }

    /**
     * Makes the commits that were asked for.
     *
     * @return whether a wakeup of reactor-kafka's, which means that the next poll is to be a short one, went into them
     */
    boolean serveCommits() {
        boolean[] wokenUp = new boolean[1];
        commits.serve((offsets, owned) -> wokenUp[0] |= commit(offsets, owned));
        return wokenUp[0];
    }

    private boolean commit(Map<TopicPartition, OffsetAndMetadata> offsets, Ownership owned) {
        boolean wokenUp = false;
        for (TopicPartition partition : offsets.keySet()) {
            if (!Objects.equals(epochs.get(partition), owned.epochs().get(partition))) {
                throw new CommitFailedException("partition " + partition + " is not ours any more");
            }
        }
        while (true) {
            try {
                super.commitSync(offsets, COMMIT_TIMEOUT);
                return wokenUp;
            } catch (WakeupException e) {
                wokenUp = true;
            }
        }
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        withoutDemand.addAll(partitions);
        super.pause(partitions);
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        withoutDemand.removeAll(partitions);
        // The next poll resumes what no gate holds back.
    }

    /** What reactor-kafka paused, without the gated: it takes what it finds here for paused by the user for good. */
    @Override
    public Set<TopicPartition> paused() {
        return Set.copyOf(withoutDemand);
    }

    @Override
    @SuppressWarnings("deprecation") // the one that reactor-kafka calls
    public void close(Duration timeout) {
        try {
            super.close(timeout);
        } finally {
            closed.countDown();
        }
    }

    /** Blocks until the consumer is closed; from any thread. */
    boolean awaitClosed(Duration timeout) throws InterruptedException {
        return closed.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void applyGates() {
        boolean held = gate.isClosed();
        Set<TopicPartition> paused = super.paused();
        List<TopicPartition> toPause = new ArrayList<>();
        List<TopicPartition> toResume = new ArrayList<>();
        for (TopicPartition partition : assignment()) {
            boolean hold = held || withoutDemand.contains(partition) || !mayFetch(partition);
            if (hold && !paused.contains(partition)) {
                toPause.add(partition);
            } else if (!hold && paused.contains(partition)) {
                toResume.add(partition);
            }
        }
        super.pause(toPause);
        super.resume(toResume);
    }

    private boolean mayFetch(TopicPartition partition) {
        return ledgers.of(partition, epochs.getOrDefault(partition, 0L))
                .filter(ledger -> !ledger.hasReached(gate.ends().of(partition)))
                .map(OffsetLedger::mayFetch)
                .orElse(false);
    }

    /** Enters what was polled into the ledgers, and leaves out what the last owner had finished already. */
    private ConsumerRecords<byte[], Payload> recordInLedgers(ConsumerRecords<byte[], Payload> polled) {
        Map<TopicPartition, List<ConsumerRecord<byte[], Payload>>> fresh = new HashMap<>();
        for (Map.Entry<TopicPartition, Long> owned : epochs.entrySet()) {
            TopicPartition partition = owned.getKey();
            long epoch = owned.getValue();
            OffsetLedger ledger = ledgers.of(partition, epoch).orElseThrow();
            long end = gate.ends().of(partition);
            List<ConsumerRecord<byte[], Payload>> records = before(end, polled.records(partition));
            // Not position(): it may throw a wakeup, and the records of this poll would be lost.
            OffsetAndMetadata next = polled.nextOffsets().get(partition);
            if (next != null) {
                ledger.polled(records.stream().map(ConsumerRecord::offset).toList(), Math.min(next.offset(), end));
            }
            List<ConsumerRecord<byte[], Payload>> left = records.stream()
                    .filter(record -> !ledger.isDone(record.offset()))
                    .map(record -> withEpoch(record, epoch))
                    .toList();
            if (!left.isEmpty()) {
                fresh.put(partition, left);
            }
        }
        return new ConsumerRecords<>(fresh, polled.nextOffsets());
    }

    /** A poll may bring more than a replay is to see: as if it had not been polled, the watermark stays below it. */
    private static List<ConsumerRecord<byte[], Payload>> before(
            long end, List<ConsumerRecord<byte[], Payload>> records) {
        return records.isEmpty() || records.get(records.size() - 1).offset() < end
                ? records
                : records.stream().filter(record -> record.offset() < end).toList();
    }

    private static ConsumerRecord<byte[], Payload> withEpoch(ConsumerRecord<byte[], Payload> record, long epoch) {
        Payload payload = record.value();
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                record.serializedKeySize(),
                record.serializedValueSize(),
                record.key(),
                new Payload(payload == null ? null : payload.bytes(), epoch),
                record.headers(),
                record.leaderEpoch());
    }

    private void publish() {
        publisher.accept(new Ownership(epochs, groupMetadata()));
    }

    /** Tells assigned, revoked and lost apart, which reactor-kafka does not, and numbers every assignment. */
    private final class OwnershipTracking implements ConsumerRebalanceListener {
        private final ConsumerRebalanceListener reactorKafka;

        OwnershipTracking(ConsumerRebalanceListener reactorKafka) {
            this.reactorKafka = reactorKafka;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            Map<TopicPartition, Long> assigned = new HashMap<>();
            for (TopicPartition partition : partitions) {
                long epoch = ++lastEpoch;
                assigned.put(partition, epoch);
                epochs.put(partition, epoch);
                ledgers.assigned(partition, epoch);
            }
            // At once, not before the next poll: this very poll may still fetch.
            OwnedConsumer.super.pause(partitions);
            publish();
            if (!assigned.isEmpty()) {
                listener.assigned(Map.copyOf(assigned));
            }
            reactorKafka.onPartitionsAssigned(partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty()) {
                publish(); // still ours until this returns, under the generation of now
                listener.revoking(Set.copyOf(partitions));
            }
            drop(partitions);
            reactorKafka.onPartitionsRevoked(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            drop(partitions);
            reactorKafka.onPartitionsLost(partitions);
        }

        private void drop(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                epochs.remove(partition);
                ledgers.dropped(partition);
                withoutDemand.remove(partition);
            }
            publish();
            // After the ledgers are gone: whoever admits an event of these sees one or the other, and drops it.
            listener.dropped(Set.copyOf(partitions));
        }
    }
}
