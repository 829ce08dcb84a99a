package dev.headstream.pipeline.follow;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Follows a topic, all partitions of it, as a member of no group. Whatever fails is tried again, from the start. Owns one
 * thread; thread-safe.
 */
public final class TopicFollower {
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration BACKOFF = Duration.ofSeconds(1);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(60);

    private final String topic;
    private final Map<String, Object> properties;
    private final Listener listener;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable KafkaConsumer<byte[], byte[]> waking;

    /** Is told what a follower reads and what becomes of it, on the follower's thread. */
    public interface Listener {

        /** From when on records matter, asked each time that reading begins; empty for all of them. */
        default Optional<Instant> since() {
            return Optional.empty();
        }

        /** A record; those of a partition in their order, and again where reading begins again. What this throws does that. */
        void take(ConsumerRecord<byte[], byte[]> record);

        /** All that was there when reading began has been taken. */
        void caughtUp();

        /** There is no such topic, or it may not be read, for the reason given; it is looked for again after a minute. */
        void goOnWithout(String why);

        /** Reading failed and is begun again soon. */
        void failed(RuntimeException failure);

        /** Nothing comes any more, whatever the reason. */
        default void ended() {}
    }

    /**
     * @param name of the thread
     * @param client how to reach the brokers
     */
    public TopicFollower(String name, String topic, Map<String, Object> client, Listener listener) {
        this.topic = topic;
        this.properties = new HashMap<>(client);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        this.listener = listener;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    /** Begins to follow; returns at once. */
    public void start() {
        thread.start();
    }

    /** Ends it; returns at once. */
    public void close() {
        closing.countDown();
        // Not an interrupt, which the consumer would also see when it says goodbye to the brokers.
        KafkaConsumer<byte[], byte[]> consumer = waking;
        if (consumer != null) {
            consumer.wakeup();
        }
    }

    /** Waits until it has ended, no longer than it is told; an interrupt ends the wait. */
    public void awaitEnd(Duration atMost) {
        try {
            thread.join(Math.max(1, atMost.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            followWhileOpen();
        } finally {
            listener.ended();
        }
    }

    private void followWhileOpen() {
        while (closing.getCount() > 0) {
            try (KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                waking = consumer;
                follow(consumer);
            } catch (InterruptException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (WakeupException e) {
                return; // only close() wakes it
            } catch (AuthorizationException e) {
                goOnWithout("may not be read: " + e.getMessage());
            } catch (RuntimeException e) { // the brokers, or whatever the listener needs for a record
                listener.failed(e);
                pause(BACKOFF);
            }
        }
    }

    private void follow(KafkaConsumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = partitions(consumer);
        if (partitions.isEmpty()) {
            goOnWithout("does not exist: create it with 'headstream topics create'");
            return;
        }
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        listener.since()
                .ifPresentOrElse(since -> seek(consumer, since, ends), () -> consumer.seekToBeginning(partitions));
        boolean current = false;
        long looked = System.nanoTime();
        while (closing.getCount() > 0) {
            consumer.poll(POLL).forEach(listener::take);
            if (!current
                    && ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                current = true;
                listener.caughtUp();
            }
            if (System.nanoTime() - looked > LOOK_AGAIN.toNanos()) {
                looked = System.nanoTime();
                if (partitions(consumer).size() != partitions.size()) {
                    return; // partitions were added: begin again with all of them
                }
            }
        }
    }

    /** @param ends asked for before the times are: what comes in between is after them, and is read */
    private static void seek(KafkaConsumer<byte[], byte[]> consumer, Instant since, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> times =
                ends.keySet().stream().collect(Collectors.toMap(Function.identity(), unused -> since.toEpochMilli()));
        Map<TopicPartition, OffsetAndTimestamp> first = consumer.offsetsForTimes(times);
        ends.forEach((partition, end) -> {
            OffsetAndTimestamp found = first.get(partition);
            consumer.seek(partition, found == null ? end : found.offset());
        });
    }

    private void goOnWithout(String why) {
        listener.goOnWithout(why);
        pause(LOOK_AGAIN);
    }

    private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private void pause(Duration time) {
        try {
            var unused = closing.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
