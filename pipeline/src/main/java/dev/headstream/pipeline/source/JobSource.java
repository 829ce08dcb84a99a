package dev.headstream.pipeline.source;

import dev.headstream.pipeline.offset.OffsetLedgers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.kafka.receiver.KafkaReceiver;
import reactor.kafka.receiver.ReceiverOptions;
import reactor.kafka.receiver.ReceiverRecord;
import reactor.kafka.receiver.internals.ConsumerFactory;

/**
 * Events in: reactor-kafka as a pure source. It polls, turns demand into paused and resumed partitions, and is never
 * asked to commit; commits are the committer's: inside its transactions, or through {@link #commit}.
 */
public final class JobSource {
    private static final Duration SLICE = Duration.ofMillis(10);

    private final String topic;
    private final Map<String, Object> properties;
    private final OffsetLedgers ledgers;
    private final SourceGate gate;
    private final OwnershipListener listener;
    private final CommitRequests commits = new CommitRequests();
    private final AtomicReference<@Nullable Ownership> ownership = new AtomicReference<>();
    private volatile @Nullable OwnedConsumer consumer;
    private volatile long lastPollNanos = System.nanoTime();

    /**
     * @param client connection settings of the user, applied first: what correctness rests on cannot be overridden
     * @param contexts how many jobs run at the same time
     */
    public JobSource(
            String topic,
            String groupId,
            GroupProtocol protocol,
            Map<String, Object> client,
            int contexts,
            OffsetLedgers ledgers,
            SourceGate gate,
            OwnershipListener listener) {
        this.topic = topic;
        this.ledgers = ledgers;
        this.gate = gate;
        this.listener = listener;
        this.properties = properties(groupId, protocol, client, contexts, gate.ends());
    }

    /** The events of all partitions that are assigned; demand reaches Kafka as paused and resumed partitions. */
    public Flux<PolledEvent> events() {
        ReceiverOptions<byte[], Payload> options = ReceiverOptions.<byte[], Payload>create(properties)
                .subscription(List.of(topic))
                .commitInterval(Duration.ZERO)
                .commitBatchSize(0)
                .maxDeferredCommits(0)
                .maxDelayRebalance(Duration.ZERO)
                .closeTimeout(Duration.ofSeconds(5));
        return KafkaReceiver.create(new OwnedConsumerFactory(), options)
                .receive()
                .map(JobSource::event);
    }

    /** What is owned now; empty before the first poll, replaced after every one. */
    public Optional<Ownership> ownership() {
        return Optional.ofNullable(ownership.get());
    }

    /** How long ago the consumer polled last, or was created. */
    public Duration sinceLastPoll() {
        return Duration.ofNanos(System.nanoTime() - lastPollNanos);
    }

    /**
     * Commits offsets without a transaction, if these partitions are owned under the assignments of the snapshot at that
     * moment. Blocks until the poll thread has done it; not for that thread.
     *
     * @throws org.apache.kafka.common.KafkaException if it could not be done, or nobody knows
     */
    public void commit(Map<TopicPartition, OffsetAndMetadata> offsets, Ownership owned) throws InterruptedException {
        commits.commit(offsets, owned);
    }

    /** Something that takes time, waited for in slices. */
    public interface Wait {
        /** Whether it came true within this time. */
        boolean within(Duration slice) throws InterruptedException;
    }

    /**
     * Waits on the poll thread, inside a callback of {@link OwnershipListener}, without holding up the commits that only
     * this thread can make and that the wait may be for.
     */
    public boolean await(Wait wait, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            OwnedConsumer current = consumer;
            if (current != null) {
                boolean unused = current.serveCommits();
            }
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            if (wait.within(left.compareTo(SLICE) < 0 ? left : SLICE)) {
                return true;
            }
            if (left.isZero()) {
                return false;
            }
        }
    }

    private void polled(Ownership now) {
        ownership.set(now);
        lastPollNanos = System.nanoTime();
    }

    /** Blocks until the consumer has left its group; true at once if there never was one. */
    public boolean awaitClosed(Duration timeout) throws InterruptedException {
        OwnedConsumer current = consumer;
        return current == null || current.awaitClosed(timeout);
    }

    private static PolledEvent event(ReceiverRecord<byte[], Payload> record) {
        Payload payload = record.value();
        return new PolledEvent(
                new TopicPartition(record.topic(), record.partition()),
                payload.epoch(),
                record.offset(),
                record.timestamp(),
                record.key(),
                payload.bytes(),
                record.headers());
    }

    private static Map<String, Object> properties(
            String groupId, GroupProtocol protocol, Map<String, Object> client, int contexts, SourceEnds ends) {
        Map<String, Object> all = new HashMap<>();
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        all.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 300_000);
        all.putAll(client);
        if (ends.bounded()) {
            // What has expired under a replay must end it, not be skipped.
            all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        }
        all.put(ConsumerConfig.GROUP_ID_CONFIG, groupId);
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        // Two polls are buffered inside reactor-kafka: what waits there should be about what runs.
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.max(1, contexts / 2));
        all.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, protocol.kafkaName());
        protocol.apply(all);
        return all;
    }

    /** Hands reactor-kafka the consumer that keeps our books. */
    private final class OwnedConsumerFactory extends ConsumerFactory {
        @Override
        @SuppressWarnings("unchecked") // the only consumer asked for here is the one of events()
        public <K, V> Consumer<K, V> createConsumer(ReceiverOptions<K, V> options) {
            OwnedConsumer created = new OwnedConsumer(
                    options.consumerProperties(), ledgers, gate, listener, commits, JobSource.this::polled);
            consumer = created;
            return (Consumer<K, V>) created;
        }
    }
}
