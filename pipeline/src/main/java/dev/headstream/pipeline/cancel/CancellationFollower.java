package dev.headstream.pipeline.cancel;

import dev.headstream.schemas.MalformedRecordException;
import dev.headstream.v1.CancelRequested;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the topic of cancels from its start, all partitions of it, as a member of no group. Whatever fails is tried
 * again; cancels wait meanwhile. Owns one thread; thread-safe.
 */
public final class CancellationFollower {
    private static final Logger log = LoggerFactory.getLogger(CancellationFollower.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration BACKOFF = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(60);

    private final String topic;
    private final Map<String, Object> properties;
    private final Deserializer<CancelRequested> requests;
    private final Cancellations cancellations;
    private final Consumer<CancelRequested> listener;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean current;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> waking;

    /** @param listener told of each cancel after {@code cancellations} has it, on this follower's thread */
    public CancellationFollower(
            String topic,
            Map<String, Object> client,
            Deserializer<CancelRequested> requests,
            Cancellations cancellations,
            Consumer<CancelRequested> listener) {
        this.topic = topic;
        this.properties = new HashMap<>(client);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        this.requests = requests;
        this.cancellations = cancellations;
        this.listener = listener;
        this.thread = new Thread(this::run, "headstream-cancels");
        this.thread.setDaemon(true);
    }

    /** Begins to follow; returns at once. */
    public void start() {
        thread.start();
    }

    /**
     * Whether all cancels are known that were there when it began, so that jobs may begin. True as well where there is
     * no such topic, it may not be read, or could not be for a minute: then jobs run that were cancelled, which is said in
     * the log.
     */
    public boolean isCurrent() {
        return current;
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

    private void run() {
        try {
            followWhileOpen();
        } finally {
            current = true; // a follower that is gone must not hold the jobs back
        }
    }

    private void followWhileOpen() {
        long began = System.nanoTime();
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
            } catch (RuntimeException e) { // the brokers, or the registry for a schema that is new to us
                log.warn("cannot follow topic={} now, trying again: {}", topic, e.toString());
                goOnAfter(PATIENCE, began);
                pause(BACKOFF);
            }
        }
    }

    /** What cannot be read for a while, one record of it perhaps, must not hold every job back. */
    private void goOnAfter(Duration patience, long beganNanos) {
        if (!current && System.nanoTime() - beganNanos > patience.toNanos()) {
            current = true;
            log.error(
                    "cancels are not known, jobs begin all the same: jobs that were cancelled may run topic={}", topic);
        }
    }

    private void follow(KafkaConsumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = partitions(consumer);
        if (partitions.isEmpty()) {
            goOnWithout("does not exist: create it with 'headstream topics create'");
            return;
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        long looked = System.nanoTime();
        while (closing.getCount() > 0) {
            consumer.poll(POLL).forEach(this::take);
            current = current
                    || ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
            if (System.nanoTime() - looked > LOOK_AGAIN.toNanos()) {
                looked = System.nanoTime();
                if (partitions(consumer).size() != partitions.size()) {
                    return; // partitions were added: begin again with all of them
                }
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            if (record.key() != null) {
                cancellations.remove(new String(record.key(), StandardCharsets.UTF_8));
            }
            return;
        }
        try {
            CancelRequested request = requests.deserialize(topic, record.headers(), record.value());
            // In this order: whoever accepts the execution in between finds it among the cancellations.
            cancellations.add(request);
            listener.accept(request);
        } catch (MalformedRecordException e) {
            log.warn(
                    "not a cancel, left out topic={} partition={} offset={}: {}",
                    topic,
                    record.partition(),
                    record.offset(),
                    e.getMessage());
        }
    }

    private void goOnWithout(String why) {
        log.warn("jobs cannot be cancelled: topic {} {}", topic, why);
        current = true;
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
