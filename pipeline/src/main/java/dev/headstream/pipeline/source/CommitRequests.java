package dev.headstream.pipeline.source;

import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Commits without a transaction, on their way to the poll thread: the consumer is confined to it, and only the consumer is
 * a member of the group whose generation the broker checks. Thread-safe.
 */
final class CommitRequests {
    /** The poll thread looks several times a second, but a rebalance or a commit before may take its time. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** How long a poll may go on while commits may come. */
    private static final Duration SHORT_POLL = Duration.ofMillis(20);

    private final Queue<Request> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean used;

    private record Request(
            Map<TopicPartition, OffsetAndMetadata> offsets, Ownership owned, CompletableFuture<Void> answer) {}

    /**
     * Asks for a commit and blocks until it is made or refused.
     *
     * @throws KafkaException as the consumer throws it, or {@link TimeoutException} if the poll thread does not come by
     */
    void commit(Map<TopicPartition, OffsetAndMetadata> offsets, Ownership owned) throws InterruptedException {
        used = true;
        Request request = new Request(offsets, owned, new CompletableFuture<>());
        waiting.add(request);
        try {
            request.answer().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException refused ? refused : new KafkaException(e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("no poll within " + PATIENCE.toSeconds() + " s to commit offsets in", e);
        } finally {
            waiting.remove(request);
        }
    }

    /** How long the next poll may wait for events. */
    Duration longestPoll(Duration wanted) {
        return used && wanted.compareTo(SHORT_POLL) > 0 ? SHORT_POLL : wanted;
    }

    /** Answers what was asked for; on the poll thread. */
    void serve(BiConsumer<Map<TopicPartition, OffsetAndMetadata>, Ownership> consumer) {
        for (Request request = waiting.poll(); request != null; request = waiting.poll()) {
            try {
                consumer.accept(request.offsets(), request.owned());
                request.answer().complete(null);
            } catch (RuntimeException e) {
                request.answer().completeExceptionally(e);
            }
        }
    }
}
