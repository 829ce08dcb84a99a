package dev.headstream.pipeline.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.pipeline.offset.FinishedOffsets;
import dev.headstream.pipeline.offset.OffsetLedger;
import dev.headstream.pipeline.offset.OffsetLedgers;
import dev.headstream.pipeline.source.Ownership;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What the committer does before it ever needs a broker: here there is none. */
final class CommitterTest {
    private static final TopicPartition PARTITION = new TopicPartition("jobs", 0);
    private static final Map<String, Object> NOBODY = Map.of("bootstrap.servers", "127.0.0.1:1");

    private final OffsetLedgers ledgers = new OffsetLedgers();
    private final CompletableFuture<String> settled = new CompletableFuture<>();

    @Test
    void commit_givenEntryOfAnotherAssignment_expectsDropped() throws Exception {
        ledgers.assigned(PARTITION, 2);
        OffsetLedger ledger = ledgers.of(PARTITION, 2).orElseThrow();
        ledger.restore(FinishedOffsets.none());
        ledger.polled(List.of(7L), 8);

        assertThat(settledBy(Map.of(PARTITION, 2L), entry(1))).isEqualTo("dropped");
    }

    /** The partition went away after the snapshot was taken: without its offset nothing would fence its result. */
    @Test
    void commit_givenSnapshotThatIsOlderThanTheLedgers_expectsDroppedAndNotWrittenUnfenced() throws Exception {
        assertThat(settledBy(Map.of(PARTITION, 1L), entry(1))).isEqualTo("dropped");
    }

    /** A checkpoint that is written again behind the mark that its execution is done would outlive that mark. */
    @Test
    void durable_givenAllThatAPartitionFinishes_expectsItsCheckpointsToo() {
        CommitEntry checkpoint = checkpoint();
        CommitEntry end = entry(1);
        List<CommitEntry> batch = List.of(checkpoint, end);

        assertThat(Committer.durable(batch, Map.of(PARTITION, new FinishedOffsets(8, new BitSet()))))
                .containsExactly(checkpoint, end);
        assertThat(Committer.durable(batch, Map.of(PARTITION, FinishedOffsets.none())))
                .isEmpty();
        assertThat(Committer.durable(List.of(checkpoint), Map.of(PARTITION, new FinishedOffsets(8, new BitSet()))))
                .isEmpty();
    }

    private CommitEntry checkpoint() {
        CommitEntry end = entry(1);
        return new CommitEntry(PARTITION, 1, OptionalLong.empty(), end.records(), end.urgent(), end.settled());
    }

    @SuppressWarnings("removal") // only consumers can make them otherwise
    private String settledBy(Map<TopicPartition, Long> epochs, CommitEntry entry) throws Exception {
        Ownership snapshot = new Ownership(epochs, new ConsumerGroupMetadata("group", 1, "member", Optional.empty()));
        try (Admin admin = Admin.create(NOBODY)) {
            Committer committer = new Committer(
                    new Committer.Options(DeliveryMode.EXACTLY_ONCE, "test", Duration.ofMillis(1), 10),
                    NOBODY,
                    () -> Optional.of(snapshot),
                    (offsets, owned) -> {
                        throw new IllegalStateException("offsets go with the transaction");
                    },
                    ledgers,
                    new CommittedOffsets(admin),
                    () -> false,
                    new Listener());
            committer.start();
            try {
                committer.submit(entry);
                return settled.get(5, TimeUnit.SECONDS);
            } finally {
                committer.close(Duration.ofMillis(10));
            }
        }
    }

    private CommitEntry entry(long epoch) {
        return new CommitEntry(
                PARTITION,
                epoch,
                OptionalLong.of(7),
                List.of(new ProducerRecord<>("results", new byte[] {1})),
                true,
                new CommitEntry.Settled() {
                    @Override
                    public void committed() {
                        settled.complete("committed");
                    }

                    @Override
                    public void dropped() {
                        settled.complete("dropped");
                    }

                    @Override
                    public void refused(RuntimeException cause) {
                        settled.complete("refused");
                    }
                });
    }

    private static final class Listener implements CommitListener {
        @Override
        public void transaction(long begunNanos, Duration took, boolean committed) {}

        @Override
        public void failed(Throwable cause) {}
    }
}
