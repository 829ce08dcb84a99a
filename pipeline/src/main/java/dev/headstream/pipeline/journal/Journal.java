package dev.headstream.pipeline.journal;

import dev.headstream.v1.JobState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/**
 * What the journal says of the executions in the partitions that are assigned now: restored on assignment, kept up to
 * date by the commits of this worker. Thread-safe.
 */
public final class Journal {
    private final Map<TopicPartition, Entries> partitions = new ConcurrentHashMap<>();

    /** The journal of one partition: finished executions by id only, the others with their state. */
    public static final class Entries {
        private final long epoch;
        private final Set<String> done = new HashSet<>();
        private final Map<String, JobState> open = new HashMap<>();

        Entries(long epoch) {
            this.epoch = epoch;
        }

        synchronized void put(JobState state) {
            if (state.getDone() == null) {
                open.put(state.getExecutionId(), state);
            } else {
                done(state.getExecutionId());
            }
        }

        synchronized void remove(String executionId) {
            open.remove(executionId);
            done.remove(executionId);
        }

        synchronized void done(String executionId) {
            open.remove(executionId);
            done.add(executionId);
        }

        synchronized boolean isDone(String executionId) {
            return done.contains(executionId);
        }

        synchronized Optional<JobState> open(String executionId) {
            return Optional.ofNullable(open.get(executionId));
        }
    }

    void restored(TopicPartition partition, Entries entries) {
        partitions.put(partition, entries);
    }

    /** Forgets a partition that was revoked or lost. */
    public void dropped(TopicPartition partition) {
        partitions.remove(partition);
    }

    /** Whether an execution has its terminal record. */
    public boolean isDone(TopicPartition partition, long epoch, String executionId) {
        return entries(partition, epoch).map(e -> e.isDone(executionId)).orElse(false);
    }

    /** The state that an earlier owner, or an earlier assignment, left of an execution without a terminal record. */
    public Optional<JobState> open(TopicPartition partition, long epoch, String executionId) {
        return entries(partition, epoch).flatMap(e -> e.open(executionId));
    }

    /** Notes that the terminal record of an execution is committed. */
    public void done(TopicPartition partition, long epoch, String executionId) {
        entries(partition, epoch).ifPresent(e -> e.done(executionId));
    }

    private Optional<Entries> entries(TopicPartition partition, long epoch) {
        return Optional.ofNullable(partitions.get(partition)).filter(e -> e.epoch == epoch);
    }
}
