package dev.headstream.pipeline.execution;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.headstream.pipeline.source.PolledEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * All jobs that were accepted and have no terminal record yet. Knows who waits for whom: a duplicate for the job that
 * it repeats, a job for another one with its session key. Both hold within a partition, which is where Kafka puts
 * events of one key. Thread-safe.
 */
public final class Executions {

    private record Key(TopicPartition partition, String name) {}

    @GuardedBy("this")
    private final Map<Key, Execution> byId = new HashMap<>();

    @GuardedBy("this")
    private final Map<Execution, List<PolledEvent>> duplicates = new HashMap<>();

    @GuardedBy("this")
    private final Map<Key, Execution> sessionHolders = new HashMap<>();

    @GuardedBy("this")
    private final Map<Key, Deque<Execution>> sessionQueues = new HashMap<>();

    @GuardedBy("this")
    private final Set<Execution> running = new HashSet<>();

    /** Partitions that are being given up: what runs may end, nothing begins. */
    @GuardedBy("this")
    private final Set<TopicPartition> leaving = new HashSet<>();

    @GuardedBy("this")
    private boolean closed;

    /** Accepts an execution, or lines its event up behind the one that is here with the same id. */
    public synchronized boolean accept(Execution execution) {
        Key key = new Key(execution.event().partition(), execution.id());
        Execution first = byId.putIfAbsent(key, execution);
        if (first != null) {
            duplicates.computeIfAbsent(first, e -> new ArrayList<>()).add(execution.event());
            return false;
        }
        return true;
    }

    /** Whether the execution may run now; if its session is in use it is lined up for it instead. */
    public synchronized boolean tryBegin(Execution execution) {
        if (!execution.isLive() || closed || leaving.contains(execution.event().partition())) {
            return false;
        }
        Optional<Key> session = session(execution);
        if (session.isPresent()) {
            Execution holder = sessionHolders.putIfAbsent(session.get(), execution);
            if (holder != null && holder != execution) {
                sessionQueues
                        .computeIfAbsent(session.get(), k -> new ArrayDeque<>())
                        .add(execution);
                return false;
            }
        }
        running.add(execution);
        return true;
    }

    /** Ends an attempt, once its outcome is with the committer or in the waiting room. */
    public synchronized void endAttempt(Execution execution) {
        running.remove(execution);
        notifyAll();
    }

    /** Frees the session of an attempt that does nothing more; returns who may begin now. */
    public synchronized Optional<Execution> freeSession(Execution execution) {
        Optional<Key> session = session(execution);
        if (session.isEmpty() || !sessionHolders.remove(session.get(), execution)) {
            return Optional.empty();
        }
        Deque<Execution> queue = sessionQueues.get(session.get());
        Execution next = queue == null ? null : queue.poll();
        if (queue != null && queue.isEmpty()) {
            sessionQueues.remove(session.get());
        }
        return Optional.ofNullable(next);
    }

    /** The executions of an id that are here, in any partition. */
    public synchronized List<Execution> withId(String executionId) {
        return select(byId.values(), e -> e.id().equals(executionId));
    }

    /** Takes an execution out that is lined up for its session: it will not be let go on. False if it is not. */
    synchronized boolean withdraw(Execution execution) {
        Optional<Key> session = session(execution);
        Deque<Execution> queue = session.isEmpty() ? null : sessionQueues.get(session.get());
        if (queue == null || !queue.remove(execution)) {
            return false;
        }
        if (queue.isEmpty()) {
            sessionQueues.remove(session.get());
        }
        return true;
    }

    /** Removes an execution whose terminal record is committed; returns the duplicates that waited for that. */
    public synchronized List<PolledEvent> finish(Execution execution) {
        execution.finished();
        byId.remove(new Key(execution.event().partition(), execution.id()), execution);
        List<PolledEvent> waiting = duplicates.remove(execution);
        return waiting == null ? List.of() : waiting;
    }

    /** Forgets all executions of these partitions and stops their attempts. */
    public void drop(Set<TopicPartition> partitions) {
        remove(partitions).forEach(Execution::drop);
    }

    /** Forgets one execution whose partition turned out to be gone. */
    public void drop(Execution execution) {
        synchronized (this) {
            byId.remove(new Key(execution.event().partition(), execution.id()), execution);
            duplicates.remove(execution);
            running.remove(execution);
            notifyAll();
        }
        execution.drop();
    }

    private synchronized List<Execution> remove(Set<TopicPartition> partitions) {
        List<Execution> gone =
                select(byId.values(), e -> partitions.contains(e.event().partition()));
        byId.values().removeAll(new HashSet<>(gone));
        leaving.removeAll(partitions);
        gone.forEach(duplicates::remove);
        sessionHolders.keySet().removeIf(key -> partitions.contains(key.partition()));
        sessionQueues.keySet().removeIf(key -> partitions.contains(key.partition()));
        running.removeAll(new HashSet<>(gone));
        notifyAll();
        return gone;
    }

    /** Lets nothing of these partitions begin, and asks what runs to stop at its next step boundary. */
    public synchronized void leave(Set<TopicPartition> partitions) {
        leaving.addAll(partitions);
        running.stream().filter(e -> partitions.contains(e.event().partition())).forEach(Execution::requestStop);
    }

    /** Lets nothing begin any more. */
    public synchronized void close() {
        closed = true;
    }

    /** Asks all running attempts to stop at their next step boundary. */
    public synchronized void requestStop() {
        running.forEach(Execution::requestStop);
    }

    /** Blocks until no attempt of these partitions runs; false if that took longer than the timeout. */
    public boolean awaitIdle(Set<TopicPartition> partitions, Duration timeout) throws InterruptedException {
        return await(e -> partitions.contains(e.event().partition()), timeout);
    }

    /** Blocks until no attempt runs; false if that took longer than the timeout. */
    public boolean awaitIdle(Duration timeout) throws InterruptedException {
        return await(e -> true, timeout);
    }

    private synchronized boolean await(Predicate<Execution> which, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (running.stream().anyMatch(which)) {
            long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                return false;
            }
            wait(leftMillis);
        }
        return true;
    }

    /** The partitions that have executions. */
    public synchronized Set<TopicPartition> partitions() {
        Set<TopicPartition> partitions = new HashSet<>();
        byId.keySet().forEach(key -> partitions.add(key.partition()));
        return partitions;
    }

    /** Attempts that run now. */
    public synchronized int runningCount() {
        return running.size();
    }

    /** Executions and duplicates that are held in memory without running. */
    public synchronized int waitingCount() {
        int waiting = byId.size() - running.size();
        for (List<PolledEvent> events : duplicates.values()) {
            waiting += events.size();
        }
        return waiting;
    }

    private static Optional<Key> session(Execution execution) {
        return Optional.ofNullable(execution.request().getSessionKey())
                .map(key -> new Key(execution.event().partition(), key));
    }

    private static List<Execution> select(Iterable<Execution> executions, Predicate<Execution> which) {
        List<Execution> selected = new ArrayList<>();
        executions.forEach(e -> {
            if (which.test(e)) {
                selected.add(e);
            }
        });
        return selected;
    }
}
