package dev.headstream.pipeline.journal;

import dev.headstream.v1.JobState;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the journal says of the executions in the partitions that are assigned now: restored on assignment, kept up to
 * date by the commits of this worker. Marks of finished executions expire with the topic's retention, and there are never
 * more of them than {@value #MOST_MARKS} in a worker: beyond that the oldest are forgotten. Thread-safe.
 */
public final class Journal {
    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    /** Some 50 to 70 MB. */
    static final int MOST_MARKS = 2_000_000;

    private static final int LOOK_EVERY = 1_000;

    private final Clock clock;
    private final int mostMarks;
    private final Map<TopicPartition, Entries> partitions = new ConcurrentHashMap<>();
    private final AtomicLong added = new AtomicLong();

    /** @param clock the wall clock that marks are dated and expire by */
    public Journal(Clock clock) {
        this(clock, MOST_MARKS);
    }

    Journal(Clock clock, int mostMarks) {
        this.clock = clock;
        this.mostMarks = mostMarks;
    }

    /** The journal of one partition: finished executions by id only, the others with their state. */
    public static final class Entries {
        private final long epoch;
        private final DoneMarks done;
        private final Map<String, JobState> open = new HashMap<>();

        Entries(long epoch, Duration retention) {
            this.epoch = epoch;
            this.done = new DoneMarks(retention);
        }

        /** @param writtenAtMillis when the state was written, by the wall clock */
        synchronized void put(JobState state, long writtenAtMillis) {
            if (state.getDone() == null) {
                open.put(state.getExecutionId(), state);
            } else {
                done(state.getExecutionId(), writtenAtMillis);
            }
        }

        synchronized void remove(String executionId) {
            open.remove(executionId);
            done.remove(executionId);
        }

        synchronized void done(String executionId, long atMillis) {
            open.remove(executionId);
            var unused = done.add(executionId, atMillis);
        }

        synchronized boolean isDone(String executionId) {
            return done.contains(executionId);
        }

        synchronized Optional<JobState> open(String executionId) {
            return Optional.ofNullable(open.get(executionId));
        }

        synchronized int marks() {
            return done.size();
        }

        private synchronized void expire(long nowMillis) {
            done.expire(nowMillis);
        }

        private synchronized long oldestMillis() {
            return done.oldestMillis().orElse(Long.MAX_VALUE);
        }

        private synchronized int forgetOldest() {
            return done.forgetOldest();
        }
    }

    void restored(TopicPartition partition, Entries entries) {
        partitions.put(partition, entries);
        bound(partitions.values());
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
        entries(partition, epoch).ifPresent(e -> e.done(executionId, clock.millis()));
        if (added.incrementAndGet() % LOOK_EVERY == 0) {
            bound(partitions.values());
        }
    }

    /** Marks of finished executions that are held in memory. */
    public long marks() {
        return marks(partitions.values());
    }

    /** Forgets what has expired, and what is beyond the bound, the oldest first. */
    void bound(Collection<Entries> all) {
        long now = clock.millis();
        all.forEach(entries -> entries.expire(now));
        for (long surplus = marks(all) - mostMarks; surplus > 0; ) {
            int forgotten = all.stream()
                    .min(Comparator.comparingLong(Entries::oldestMillis))
                    .map(Entries::forgetOldest)
                    .orElse(0);
            if (forgotten == 0) {
                return;
            }
            surplus -= forgotten;
            log.warn(
                    "more than {} finished jobs to remember, the oldest are forgotten and their duplicates would run"
                            + " again: shorten the retention of the state topic, or run more workers forgotten={}",
                    mostMarks,
                    forgotten);
        }
    }

    private static long marks(Collection<Entries> all) {
        return all.stream().mapToLong(Entries::marks).sum();
    }

    private Optional<Entries> entries(TopicPartition partition, long epoch) {
        return Optional.ofNullable(partitions.get(partition)).filter(e -> e.epoch == epoch);
    }
}
