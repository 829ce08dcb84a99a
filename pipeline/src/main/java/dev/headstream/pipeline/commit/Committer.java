package dev.headstream.pipeline.commit;

import dev.headstream.pipeline.offset.CommitPoint;
import dev.headstream.pipeline.offset.FinishedOffsets;
import dev.headstream.pipeline.offset.OffsetLedgers;
import dev.headstream.pipeline.source.Ownership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Commits results, dead letters, journal and offsets, every {@code interval} or sooner; how they become durable is the
 * delivery mode's.
 *
 * <p>Only entries whose assignment still holds are written, with the group metadata of the same ownership snapshot
 * (see {@link Ownership}). The ledger learns of a finished offset after it is committed, never before. An entry leaves by
 * exactly one of {@link CommitEntry.Settled}'s ways.
 *
 * <p>Owns one thread; all public methods are thread-safe. What waits is bounded by back-pressure: {@link #room()}
 * completes only while there is some.
 */
public final class Committer {
    private static final Logger log = LoggerFactory.getLogger(Committer.class);

    private static final Duration IDLE_COMMIT = Duration.ofMillis(500);
    private static final Duration BACKOFF = Duration.ofMillis(200);

    /**
     * Settings of the committer.
     *
     * @param interval how long finished work may wait for company before it is committed
     * @param maxPending entries that may wait before {@link #room()} holds its callers back
     */
    public record Options(DeliveryMode mode, String clientId, Duration interval, int maxPending) {
        public Options {
            if (interval.isNegative() || interval.compareTo(Duration.ofSeconds(5)) > 0) {
                throw new IllegalArgumentException("commit interval must be 0 to 5 s, not " + interval);
            }
        }
    }

    private final CommitQueue queue;
    private final BatchWriter writer;
    private final Supplier<Optional<Ownership>> ownership;
    private final CommitPoints commitPoints;
    private final CommittedOffsets committedOffsets;
    private final BooleanSupplier proofWanted;
    private final CommitListener listener;
    private final Thread thread;

    /**
     * @param plainOffsets for the mode that commits offsets without a transaction
     * @param proofWanted asked when there is nothing to commit: whether to show that the brokers still take commits of ours
     */
    public Committer(
            Options options,
            Map<String, Object> client,
            Supplier<Optional<Ownership>> ownership,
            PlainOffsets plainOffsets,
            OffsetLedgers ledgers,
            CommittedOffsets committedOffsets,
            BooleanSupplier proofWanted,
            CommitListener listener) {
        this.queue = new CommitQueue(options.interval(), options.maxPending());
        this.writer = options.mode().writer(client, options.clientId(), plainOffsets);
        this.ownership = ownership;
        this.commitPoints = new CommitPoints(ledgers);
        this.committedOffsets = committedOffsets;
        this.proofWanted = proofWanted;
        this.listener = listener;
        this.thread = new Thread(this::run, "headstream-committer");
        this.thread.setDaemon(true);
    }

    /** Starts the committer's thread. */
    public void start() {
        thread.start();
    }

    /** Takes an entry; never blocks. Whoever makes entries without end waits for {@link #room()} after each. */
    public void submit(CommitEntry entry) {
        queue.add(entry);
    }

    /** Completes as soon as fewer entries than the configured maximum wait. */
    public Mono<Void> room() {
        return queue.room();
    }

    /**
     * Blocks until nothing of these partitions waits or is being committed. For the rebalance callback only.
     *
     * @return false if it took longer than the timeout
     */
    public boolean flush(Set<TopicPartition> partitions, Duration timeout) throws InterruptedException {
        return queue.flush(partitions, timeout, thread::isAlive);
    }

    /** Commits what is pending, waits for it up to the timeout, and ends the thread, for up to a third of it again. */
    public void close(Duration timeout) throws InterruptedException {
        queue.close();
        thread.join(Math.max(1, timeout.toMillis()));
        if (thread.isAlive()) {
            thread.interrupt();
            thread.join(Math.max(1, Math.min(timeout.toMillis() / 3, 1_000)));
        }
    }

    private void run() {
        try (writer) {
            while (true) {
                List<CommitEntry> batch = queue.take(IDLE_COMMIT);
                if (batch.isEmpty() && queue.isClosed()) {
                    return;
                }
                commit(batch);
            }
        } catch (InterruptedException e) {
            log.info("committer stopped with work left; its partitions' next owner does it again");
        } catch (RuntimeException | Error e) {
            log.error("committer failed", e);
            listener.failed(e);
        }
    }

    private void commit(List<CommitEntry> batch) throws InterruptedException {
        List<CommitEntry> left = new ArrayList<>(batch);
        while (true) {
            Optional<Ownership> snapshot = ownership.get();
            dropStale(left, snapshot);
            if (left.isEmpty() && queue.isClosed() && !batch.isEmpty()) {
                return;
            }
            if (snapshot.isEmpty()) {
                return;
            }
            Map<TopicPartition, CommitPoint> points =
                    commitPoints.of(left, snapshot.get(), batch.isEmpty() && proofWanted.getAsBoolean());
            dropUnfenced(left, points);
            if (left.isEmpty() && points.isEmpty()) {
                return;
            }
            if (tryCommit(left, points, snapshot.get())) {
                return;
            }
            Thread.sleep(BACKOFF.toMillis());
        }
    }

    /** One batch; false if what is left of the entries must be tried again. */
    private boolean tryCommit(List<CommitEntry> entries, Map<TopicPartition, CommitPoint> points, Ownership owned)
            throws InterruptedException {
        long started = System.nanoTime();
        BatchResult result = writer.write(entries, CommitPoints.offsets(points), owned);
        listener.transaction(
                started, Duration.ofNanos(System.nanoTime() - started), result instanceof BatchResult.Committed);
        if (result instanceof BatchResult.Committed) {
            log.debug("committed entries={} offsets={}", entries.size(), points);
            committed(entries, points, owned);
            entries.clear();
            return true;
        }
        if (result instanceof BatchResult.Refused refused) {
            isolate(entries, refused.cause());
            return entries.isEmpty();
        }
        if (result instanceof BatchResult.Unknown unknown) {
            log.warn(
                    "outcome of a commit was unknown, reading it back: {}",
                    unknown.cause().toString());
            settleFromBroker(entries, owned);
            return entries.isEmpty();
        }
        if (result instanceof BatchResult.Aborted aborted) {
            if (ProducerSettings.isOfAnotherTime(aborted.cause())) {
                throw new IllegalStateException(
                        "the brokers refuse records by the clock of this machine: set it, or give the topics that workers"
                                + " write to message.timestamp.type=LogAppendTime, as 'headstream topics create' does",
                        aborted.cause());
            }
            log.info(
                    "not committed, trying again entries={}: {}",
                    entries.size(),
                    aborted.cause().toString());
        }
        return false;
    }

    /** Halves a refused batch until the entry is found that the broker does not take. */
    private void isolate(List<CommitEntry> entries, RuntimeException cause) throws InterruptedException {
        if (entries.isEmpty()) {
            throw new IllegalStateException(
                    "the broker takes no offsets with metadata: its offset.metadata.max.bytes must be 4096, the"
                            + " default, or more",
                    cause);
        }
        if (entries.size() == 1) {
            CommitEntry culprit = entries.remove(0);
            settle(List.of(culprit), settled -> settled.refused(cause));
            return;
        }
        int middle = entries.size() / 2;
        List<CommitEntry> first = List.copyOf(entries.subList(0, middle));
        List<CommitEntry> second = List.copyOf(entries.subList(middle, entries.size()));
        entries.clear();
        commit(first);
        commit(second);
    }

    /** After a commit of unknown outcome: what the broker has is committed, the rest is tried again. */
    private void settleFromBroker(List<CommitEntry> entries, Ownership owned) throws InterruptedException {
        Set<TopicPartition> partitions =
                entries.stream().map(CommitEntry::partition).collect(Collectors.toSet());
        List<CommitEntry> durable =
                durable(entries, readUntilAnswered(owned.group().groupId(), partitions));
        entries.removeAll(durable);
        committed(durable, Map.of(), owned);
    }

    /**
     * The entries that the broker has, by the offsets that it has as finished. Where it has all that a partition's entries
     * finish, it has the checkpoints that were written with them: written again, they would stand behind the mark that
     * their execution is done.
     */
    static List<CommitEntry> durable(List<CommitEntry> entries, Map<TopicPartition, FinishedOffsets> finished) {
        Map<TopicPartition, List<CommitEntry>> finishing = entries.stream()
                .filter(entry -> entry.finishes().isPresent())
                .collect(Collectors.groupingBy(CommitEntry::partition));
        return entries.stream()
                .filter(entry -> {
                    FinishedOffsets known = finished.get(entry.partition());
                    return entry.finishes().isPresent()
                            ? isFinished(entry, known)
                            : finishing.containsKey(entry.partition())
                                    && finishing.get(entry.partition()).stream()
                                            .allMatch(other -> isFinished(other, known));
                })
                .toList();
    }

    private static boolean isFinished(CommitEntry entry, @Nullable FinishedOffsets known) {
        return known != null
                && entry.finishes().isPresent()
                && known.contains(entry.finishes().getAsLong());
    }

    /** Never gives up while the partitions may be ours: writing again without knowing could make a second result. */
    private Map<TopicPartition, FinishedOffsets> readUntilAnswered(String groupId, Set<TopicPartition> partitions)
            throws InterruptedException {
        while (true) {
            try {
                return committedOffsets.read(groupId, partitions);
            } catch (KafkaException e) {
                log.warn("cannot read offsets back, trying again: {}", e.toString());
                Thread.sleep(BACKOFF.toMillis());
            }
        }
    }

    private void committed(List<CommitEntry> entries, Map<TopicPartition, CommitPoint> points, Ownership owned) {
        commitPoints.committed(entries, points, owned);
        settle(entries, CommitEntry.Settled::committed);
    }

    private void dropStale(List<CommitEntry> entries, Optional<Ownership> owned) {
        drop(entries, entry -> owned.isEmpty() || !owned.get().owns(entry.partition(), entry.epoch()));
    }

    /**
     * Drops entries of partitions whose ledger went away after the snapshot was taken: a transaction without their offsets
     * would write their results and fence nothing, while the next owner runs the same jobs.
     */
    private void dropUnfenced(List<CommitEntry> entries, Map<TopicPartition, CommitPoint> points) {
        drop(entries, entry -> !points.containsKey(entry.partition()));
    }

    private void drop(List<CommitEntry> entries, Predicate<CommitEntry> which) {
        List<CommitEntry> dropped = entries.stream().filter(which).toList();
        entries.removeIf(which);
        settle(dropped, CommitEntry.Settled::dropped);
    }

    private void settle(List<CommitEntry> entries, Consumer<CommitEntry.Settled> how) {
        if (!entries.isEmpty()) {
            entries.forEach(entry -> how.accept(entry.settled()));
            writer.settled(entries);
            queue.settled(entries);
        }
    }
}
