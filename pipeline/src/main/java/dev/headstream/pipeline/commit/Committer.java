package dev.headstream.pipeline.commit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.headstream.pipeline.offset.CommitPoint;
import dev.headstream.pipeline.offset.FinishedOffsets;
import dev.headstream.pipeline.offset.OffsetLedger;
import dev.headstream.pipeline.offset.OffsetLedgers;
import dev.headstream.pipeline.source.Ownership;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Commits results, dead letters, journal and offsets: all in one transaction, every {@code interval} or sooner.
 *
 * <p>Only entries whose assignment still holds are written, with the group metadata of the same ownership snapshot
 * (see {@link Ownership}). The ledger learns of a finished offset after its transaction is committed, never before. An
 * entry leaves by exactly one of {@link CommitEntry.Settled}'s ways.
 *
 * <p>Owns one thread; all public methods are thread-safe. The queue is bounded by back-pressure: {@link #room()}
 * completes only while there is some.
 */
public final class Committer {
    private static final Logger log = LoggerFactory.getLogger(Committer.class);

    /** Keeps a transaction well within the broker's limits whatever the entries are. */
    private static final int MAX_BATCH = 500;

    private static final long MAX_BATCH_BYTES = 4L << 20;

    /** What may wait to be committed: finished results are held in memory while brokers are away. */
    private static final long MAX_PENDING_BYTES = 16L << 20;

    private static final Duration IDLE_COMMIT = Duration.ofSeconds(1);
    private static final Duration BACKOFF = Duration.ofMillis(200);

    /**
     * Settings of the committer.
     *
     * @param interval how long finished work may wait for company before it is committed
     * @param maxPending entries that may wait before {@link #room()} holds its callers back
     */
    public record Options(String clientId, Duration interval, int maxPending) {
        public Options {
            if (interval.isNegative() || interval.compareTo(Duration.ofSeconds(5)) > 0) {
                throw new IllegalArgumentException("commit interval must be 0 to 5 s, not " + interval);
            }
        }
    }

    private final Options options;
    private final TransactionWriter writer;
    private final Supplier<Optional<Ownership>> ownership;
    private final OffsetLedgers ledgers;
    private final CommittedOffsets committedOffsets;
    private final CommitListener listener;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final Deque<CommitEntry> pending = new ArrayDeque<>();

    @GuardedBy("lock")
    private long pendingBytes;

    /** Taken from {@link #pending} and not settled yet. */
    @GuardedBy("lock")
    private final List<CommitEntry> inTransaction = new ArrayList<>();

    @GuardedBy("lock")
    private Sinks.Empty<Void> room = Sinks.empty();

    /** Threads in {@link #flush}. */
    private final AtomicInteger flushes = new AtomicInteger();

    @GuardedBy("lock")
    private boolean closing;

    public Committer(
            Options options,
            Map<String, Object> client,
            Supplier<Optional<Ownership>> ownership,
            OffsetLedgers ledgers,
            CommittedOffsets committedOffsets,
            CommitListener listener) {
        this.options = options;
        this.writer = new TransactionWriter(client, options.clientId());
        this.ownership = ownership;
        this.ledgers = ledgers;
        this.committedOffsets = committedOffsets;
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
        lock.lock();
        try {
            pending.add(entry);
            pendingBytes += entry.bytes();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Completes as soon as fewer entries than the configured maximum wait. */
    public Mono<Void> room() {
        return Mono.defer(() -> {
            lock.lock();
            try {
                return hasRoom() ? Mono.empty() : room.asMono();
            } finally {
                lock.unlock();
            }
        });
    }

    /**
     * Blocks until nothing of these partitions waits or is being committed. For the rebalance callback and the drain
     * only.
     *
     * @return false if it took longer than the timeout
     */
    public boolean flush(Set<TopicPartition> partitions, Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        flushes.incrementAndGet();
        lock.lock();
        try {
            changed.signalAll();
            while (isPending(partitions) && thread.isAlive()) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return !isPending(partitions);
        } finally {
            lock.unlock();
            flushes.decrementAndGet();
        }
    }

    /** Commits what is pending, waits for it up to the timeout, and ends the thread. */
    public void close(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.join(Math.max(1, timeout.toMillis()));
        if (thread.isAlive()) {
            thread.interrupt();
            thread.join(TimeUnit.SECONDS.toMillis(1));
        }
    }

    private void run() {
        try (writer) {
            while (true) {
                List<CommitEntry> batch = nextBatch();
                if (batch.isEmpty() && isClosing()) {
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

    /** Waits for work, then up to the interval for more of it; empty when only watermarks have moved, or at the end. */
    private List<CommitEntry> nextBatch() throws InterruptedException {
        lock.lock();
        try {
            long idle = IDLE_COMMIT.toNanos();
            while (pending.isEmpty() && !closing && idle > 0) {
                idle = changed.awaitNanos(idle);
            }
            long linger = pending.isEmpty() ? 0 : options.interval().toNanos();
            while (linger > 0 && !closing && pending.size() < MAX_BATCH && !someoneWaits()) {
                linger = changed.awaitNanos(linger);
            }
            long bytes = 0;
            while (!pending.isEmpty() && inTransaction.size() < MAX_BATCH && bytes < MAX_BATCH_BYTES) {
                CommitEntry entry = pending.remove();
                bytes += entry.bytes();
                pendingBytes -= entry.bytes();
                inTransaction.add(entry);
            }
            return List.copyOf(inTransaction);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private boolean someoneWaits() {
        return flushes.get() > 0 || pending.stream().anyMatch(CommitEntry::urgent);
    }

    private void commit(List<CommitEntry> batch) throws InterruptedException {
        List<CommitEntry> left = new ArrayList<>(batch);
        while (true) {
            Optional<Ownership> snapshot = ownership.get();
            dropStale(left, snapshot);
            if (left.isEmpty() && isClosing() && !batch.isEmpty()) {
                return;
            }
            if (snapshot.isEmpty()) {
                return;
            }
            Map<TopicPartition, CommitPoint> points = points(left, snapshot.get());
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

    /** One transaction; false if what is left of the entries must be tried again. */
    private boolean tryCommit(List<CommitEntry> entries, Map<TopicPartition, CommitPoint> points, Ownership owned)
            throws InterruptedException {
        long started = System.nanoTime();
        TransactionResult result = writer.write(records(entries), offsets(points), owned.group());
        listener.transaction(
                Duration.ofNanos(System.nanoTime() - started), result instanceof TransactionResult.Committed);
        if (result instanceof TransactionResult.Committed) {
            log.debug("committed entries={} offsets={}", entries.size(), points);
            committed(entries, points, owned);
            entries.clear();
            return true;
        }
        if (result instanceof TransactionResult.Refused refused) {
            isolate(entries, refused.cause());
            return entries.isEmpty();
        }
        if (result instanceof TransactionResult.Unknown unknown) {
            log.warn(
                    "outcome of a commit was unknown, reading it back: {}",
                    unknown.cause().toString());
            settleFromBroker(entries, owned);
            return entries.isEmpty();
        }
        if (result instanceof TransactionResult.Aborted aborted) {
            log.info(
                    "transaction aborted, trying again entries={}: {}",
                    entries.size(),
                    aborted.cause().toString());
        }
        return false;
    }

    /** Halves a refused batch until the entry is found that no transaction takes. */
    private void isolate(List<CommitEntry> entries, RuntimeException cause) throws InterruptedException {
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

    /** After a commit of unknown outcome: what the broker has as finished is committed, the rest is tried again. */
    private void settleFromBroker(List<CommitEntry> entries, Ownership owned) throws InterruptedException {
        Set<TopicPartition> partitions =
                entries.stream().map(CommitEntry::partition).collect(Collectors.toSet());
        Map<TopicPartition, FinishedOffsets> finished =
                readUntilAnswered(owned.group().groupId(), partitions);
        List<CommitEntry> durable = entries.stream()
                .filter(entry -> isFinished(entry, finished.get(entry.partition())))
                .toList();
        entries.removeAll(durable);
        committed(durable, Map.of(), owned);
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
        Map<TopicPartition, List<Long>> finished = finished(entries);
        for (Map.Entry<TopicPartition, Long> owner : owned.epochs().entrySet()) {
            TopicPartition partition = owner.getKey();
            ledgers.of(partition, owner.getValue()).ifPresent(ledger -> {
                ledger.complete(finished.getOrDefault(partition, List.of()));
                CommitPoint point = points.get(partition);
                if (point != null) {
                    ledger.committed(point);
                }
            });
        }
        settle(entries, CommitEntry.Settled::committed);
    }

    private void dropStale(List<CommitEntry> entries, Optional<Ownership> owned) {
        List<CommitEntry> stale = entries.stream()
                .filter(entry -> owned.isEmpty() || !owned.get().owns(entry.partition(), entry.epoch()))
                .toList();
        entries.removeAll(new HashSet<>(stale));
        settle(stale, CommitEntry.Settled::dropped);
    }

    /**
     * Drops entries of partitions whose ledger went away after the snapshot was taken: a transaction without their offsets
     * would write their results and fence nothing, while the next owner runs the same jobs.
     */
    private void dropUnfenced(List<CommitEntry> entries, Map<TopicPartition, CommitPoint> points) {
        List<CommitEntry> unfenced = entries.stream()
                .filter(entry -> !points.containsKey(entry.partition()))
                .toList();
        entries.removeAll(new HashSet<>(unfenced));
        settle(unfenced, CommitEntry.Settled::dropped);
    }

    /**
     * The offsets of a transaction: of every partition that it has entries of, even if its watermark does not move,
     * because the offsets are what fences it; and of those whose watermark moved past markers or gaps.
     */
    private Map<TopicPartition, CommitPoint> points(List<CommitEntry> entries, Ownership owned) {
        Map<TopicPartition, List<Long>> finished = finished(entries);
        Map<TopicPartition, CommitPoint> points = new HashMap<>();
        owned.epochs().forEach((partition, epoch) -> {
            Optional<OffsetLedger> ledger = ledgers.of(partition, epoch).filter(OffsetLedger::isReady);
            if (ledger.isPresent()
                    && (finished.containsKey(partition) || ledger.get().moved())) {
                points.put(partition, ledger.get().pointWith(finished.getOrDefault(partition, List.of())));
            }
        });
        return points;
    }

    private static Map<TopicPartition, List<Long>> finished(List<CommitEntry> entries) {
        Map<TopicPartition, List<Long>> finished = new HashMap<>();
        for (CommitEntry entry : entries) {
            List<Long> offsets = finished.computeIfAbsent(entry.partition(), p -> new ArrayList<>());
            entry.finishes().ifPresent(offsets::add);
        }
        return finished;
    }

    private static List<ProducerRecord<byte[], byte[]>> records(List<CommitEntry> entries) {
        return entries.stream().flatMap(entry -> entry.records().stream()).toList();
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(Map<TopicPartition, CommitPoint> points) {
        return points.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        e -> new OffsetAndMetadata(
                                e.getValue().offset(), e.getValue().metadata())));
    }

    private void settle(Collection<CommitEntry> entries, java.util.function.Consumer<CommitEntry.Settled> how) {
        if (entries.isEmpty()) {
            return;
        }
        entries.forEach(entry -> how.accept(entry.settled()));
        Sinks.Empty<Void> waiting = Sinks.empty();
        lock.lock();
        try {
            inTransaction.removeAll(new HashSet<>(entries));
            changed.signalAll();
            if (hasRoom()) {
                waiting = room;
                room = Sinks.empty();
            }
        } finally {
            lock.unlock();
        }
        waiting.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
    }

    @GuardedBy("lock")
    private boolean hasRoom() {
        return pending.size() < options.maxPending() && pendingBytes < MAX_PENDING_BYTES;
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private boolean isPending(Set<TopicPartition> partitions) {
        return pending.stream().anyMatch(entry -> partitions.contains(entry.partition()))
                || inTransaction.stream().anyMatch(entry -> partitions.contains(entry.partition()));
    }
}
