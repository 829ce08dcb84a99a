package dev.headstream.pipeline.cancel;

import dev.headstream.pipeline.follow.TopicFollower;
import dev.headstream.schemas.MalformedRecordException;
import dev.headstream.v1.CancelRequested;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the topic of cancels from its start, all partitions of it, as a member of no group. Whatever fails is tried
 * again; cancels wait meanwhile. Owns one thread; thread-safe.
 */
public final class CancellationFollower {
    private static final Logger log = LoggerFactory.getLogger(CancellationFollower.class);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final String topic;
    private final Deserializer<CancelRequested> requests;
    private final Cancellations cancellations;
    private final Consumer<CancelRequested> listener;
    private final TopicFollower follower;
    private volatile long beganNanos;
    private volatile boolean current;

    /** @param listener told of each cancel after {@code cancellations} has it, on this follower's thread */
    public CancellationFollower(
            String topic,
            Map<String, Object> client,
            Deserializer<CancelRequested> requests,
            Cancellations cancellations,
            Consumer<CancelRequested> listener) {
        this.topic = topic;
        this.requests = requests;
        this.cancellations = cancellations;
        this.listener = listener;
        this.follower = new TopicFollower("headstream-cancels", topic, client, new Reading());
    }

    /** Begins to follow; returns at once. */
    public void start() {
        beganNanos = System.nanoTime();
        follower.start();
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
        follower.close();
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

    /** What cannot be read for a while, one record of it perhaps, must not hold every job back. */
    private void goOnAfter(Duration patience) {
        if (!current && System.nanoTime() - beganNanos > patience.toNanos()) {
            current = true;
            log.error(
                    "cancels are not known, jobs begin all the same: jobs that were cancelled may run topic={}", topic);
        }
    }

    private final class Reading implements TopicFollower.Listener {
        @Override
        public void take(ConsumerRecord<byte[], byte[]> record) {
            CancellationFollower.this.take(record);
        }

        @Override
        public void caughtUp() {
            current = true;
        }

        @Override
        public void goOnWithout(String why) {
            log.warn("jobs cannot be cancelled: topic {} {}", topic, why);
            current = true;
        }

        @Override
        public void failed(RuntimeException failure) {
            log.warn("cannot follow topic={} now, trying again: {}", topic, failure.toString());
            goOnAfter(PATIENCE);
        }

        @Override
        public void ended() {
            current = true; // a follower that is gone must not hold the jobs back
        }
    }
}
