package dev.headstream.pipeline.journal;

import dev.headstream.pipeline.commit.CommittedOffsets;
import dev.headstream.pipeline.metrics.PipelineMetrics;
import dev.headstream.pipeline.offset.FinishedOffsets;
import dev.headstream.pipeline.offset.OffsetLedger;
import dev.headstream.pipeline.offset.OffsetLedgers;
import dev.headstream.v1.JobState;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings newly assigned partitions to where their last owner left them: finished offsets from the commit's metadata,
 * executions from the journal. Nothing of the partitions is fetched until then. Runs on an executor where blocking is allowed, and
 * tries again until it succeeds or the assignment is over.
 */
public final class Restoration {
    private static final Logger log = LoggerFactory.getLogger(Restoration.class);
    private static final Duration BACKOFF = Duration.ofSeconds(1);

    private final String groupId;
    private final CommittedOffsets committedOffsets;
    private final JournalReader reader;
    private final Journal journal;
    private final OffsetLedgers ledgers;
    private final PipelineMetrics metrics;
    private final Executor executor;

    public Restoration(
            String groupId,
            String stateTopic,
            Map<String, Object> client,
            Admin admin,
            Deserializer<JobState> states,
            Journal journal,
            OffsetLedgers ledgers,
            PipelineMetrics metrics,
            Executor executor) {
        this.groupId = groupId;
        this.committedOffsets = new CommittedOffsets(admin);
        this.reader = new JournalReader(stateTopic, client, admin, states, journal);
        this.journal = journal;
        this.ledgers = ledgers;
        this.metrics = metrics;
        this.executor = executor;
    }

    /** Starts restoring; returns at once. */
    public void start(Map<TopicPartition, Long> epochs) {
        executor.execute(() -> restoreUntilDone(epochs));
    }

    private void restoreUntilDone(Map<TopicPartition, Long> epochs) {
        Map<TopicPartition, Long> current = stillAssigned(epochs);
        while (!current.isEmpty()) {
            try {
                restore(current);
                return;
            } catch (InterruptedException | InterruptException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) { // the brokers, or the registry for a schema that is new to us
                log.warn("cannot restore partitions={} yet, trying again: {}", names(current.keySet()), e.toString());
                LockSupport.parkNanos(BACKOFF.toNanos());
            }
            current = stillAssigned(epochs);
        }
    }

    private void restore(Map<TopicPartition, Long> epochs) throws InterruptedException {
        long started = System.nanoTime();
        Map<TopicPartition, FinishedOffsets> finished = committedOffsets.read(groupId, epochs.keySet());
        Map<TopicPartition, Journal.Entries> entries =
                reader.read(epochs, () -> !stillAssigned(epochs).isEmpty());
        epochs.forEach((partition, epoch) -> {
            Optional<OffsetLedger> ledger = ledgers.of(partition, epoch);
            if (ledger.isPresent()) {
                // The journal first: the ledger opens the partition.
                journal.restored(partition, Objects.requireNonNull(entries.get(partition)));
                ledger.get().restore(finished.getOrDefault(partition, FinishedOffsets.none()));
            }
        });
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        metrics.restored(took);
        log.info(
                "restored partitions={} finished={} millis={}",
                names(epochs.keySet()),
                entries.values().stream().mapToInt(Journal.Entries::marks).sum(),
                took.toMillis());
    }

    private Map<TopicPartition, Long> stillAssigned(Map<TopicPartition, Long> epochs) {
        Map<TopicPartition, Long> current = new HashMap<>(epochs);
        current.entrySet()
                .removeIf(entry -> ledgers.of(entry.getKey(), entry.getValue()).isEmpty());
        return current;
    }

    private static String names(Set<TopicPartition> partitions) {
        return partitions.stream().map(String::valueOf).sorted().collect(Collectors.joining(","));
    }
}
