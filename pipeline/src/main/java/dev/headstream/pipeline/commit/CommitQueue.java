package dev.headstream.pipeline.commit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The entries between those who make them and the committer, which takes them in batches. Bounded by back-pressure:
 * {@link #room()} completes only while there is some. Thread-safe.
 */
final class CommitQueue {
    /** Keeps a transaction well within the broker's limits whatever the entries are. */
    private static final int MAX_BATCH = 500;

    private static final long MAX_BATCH_BYTES = 4L << 20;

    /** What may wait to be committed: finished results are held in memory while brokers are away. */
    private static final long MAX_PENDING_BYTES = 16L << 20;

    private final Duration interval;
    private final int maxPending;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private record Pending(CommitEntry entry, long sinceNanos) {}

    @GuardedBy("lock")
    private final Deque<Pending> pending = new ArrayDeque<>();

    @GuardedBy("lock")
    private long pendingBytes;

    @GuardedBy("lock")
    private int pendingUrgent;

    /** Taken and not settled yet, in the order in which they came. */
    @GuardedBy("lock")
    private final List<CommitEntry> taken = new ArrayList<>();

    @GuardedBy("lock")
    private Sinks.Empty<Void> room = Sinks.empty();

    /** Threads in {@link #flush}. */
    @GuardedBy("lock")
    private int flushes;

    @GuardedBy("lock")
    private boolean closed;

    /**
     * @param interval the longest that an entry waits for company
     * @param maxPending entries that may wait before {@link #room()} holds its callers back
     */
    CommitQueue(Duration interval, int maxPending) {
        this.interval = interval;
        this.maxPending = maxPending;
    }

    void add(CommitEntry entry) {
        lock.lock();
        try {
            pending.add(new Pending(entry, System.nanoTime()));
            pendingBytes += entry.bytes();
            pendingUrgent += entry.urgent() ? 1 : 0;
            // Only what changes anything for the committer wakes it: an entry among many need not.
            if (pending.size() == 1 || entry.urgent() || isBatchFull()) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Completes as soon as fewer entries than the maximum wait. */
    Mono<Void> room() {
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
     * Waits for work, then until its oldest entry has waited for the interval or somebody waits for it.
     *
     * @param idle how long to wait if there is none
     * @return what is to be committed now; empty if there was none for the idle time, or at the end
     */
    List<CommitEntry> take(Duration idle) throws InterruptedException {
        lock.lock();
        try {
            long idleLeft = idle.toNanos();
            while (pending.isEmpty() && !closed && idleLeft > 0) {
                idleLeft = changed.awaitNanos(idleLeft);
            }
            long linger = pending.isEmpty() ? 0 : lingerNanos();
            while (linger > 0 && !closed && !isBatchFull() && flushes == 0 && pendingUrgent == 0) {
                long unused = changed.awaitNanos(linger);
                linger = lingerNanos();
            }
            long bytes = 0;
            while (!pending.isEmpty() && taken.size() < MAX_BATCH && bytes < MAX_BATCH_BYTES) {
                CommitEntry entry = pending.remove().entry();
                bytes += entry.bytes();
                pendingBytes -= entry.bytes();
                pendingUrgent -= entry.urgent() ? 1 : 0;
                taken.add(entry);
            }
            return List.copyOf(taken);
        } finally {
            lock.unlock();
        }
    }

    /** Takes note that these entries, taken earlier, are committed or otherwise done with. */
    void settled(Collection<CommitEntry> entries) {
        Set<CommitEntry> gone = Collections.newSetFromMap(new IdentityHashMap<>()); // entries may be equal
        gone.addAll(entries);
        Sinks.Empty<Void> waiting = Sinks.empty();
        lock.lock();
        try {
            taken.removeIf(gone::contains);
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

    /**
     * Blocks until nothing of these partitions waits or is being committed.
     *
     * @param alive whether there is still somebody to commit it
     * @return false if it took longer than the timeout, or nobody is there
     */
    boolean flush(Set<TopicPartition> partitions, Duration timeout, BooleanSupplier alive) throws InterruptedException {
        lock.lock();
        try {
            flushes++;
            changed.signalAll();
            boolean flushed = awaitNone(partitions, timeout, alive);
            flushes--;
            return flushed;
        } catch (InterruptedException e) {
            flushes--;
            throw e;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private boolean awaitNone(Set<TopicPartition> partitions, Duration timeout, BooleanSupplier alive)
            throws InterruptedException {
        long left = timeout.toNanos();
        while (holds(partitions) && alive.getAsBoolean()) {
            if (left <= 0) {
                return false;
            }
            left = changed.awaitNanos(left);
        }
        return !holds(partitions);
    }

    /** Lets {@link #take} wait no longer. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** What the oldest entry may wait longer. */
    @GuardedBy("lock")
    private long lingerNanos() {
        return interval.toNanos() - (System.nanoTime() - pending.getFirst().sinceNanos());
    }

    @GuardedBy("lock")
    private boolean isBatchFull() {
        return pending.size() >= MAX_BATCH;
    }

    @GuardedBy("lock")
    private boolean hasRoom() {
        return pending.size() < maxPending && pendingBytes < MAX_PENDING_BYTES;
    }

    @GuardedBy("lock")
    private boolean holds(Set<TopicPartition> partitions) {
        return pending.stream()
                        .anyMatch(waiting -> partitions.contains(waiting.entry().partition()))
                || taken.stream().anyMatch(entry -> partitions.contains(entry.partition()));
    }
}
