package dev.headstream.pipeline.fleet;

import dev.headstream.pipeline.follow.TopicFollower;
import dev.headstream.schemas.SchemaRegistryUnavailableException;
import dev.headstream.v1.CachedStep;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what all workers of the fleet found out, from what is still alive on. Where brokers or registry cannot be reached it
 * says so once and goes on trying; what needs the registry and is read while that does not answer is left out. Owns one
 * thread; thread-safe.
 */
public final class SharedStepReader implements AutoCloseable {
    /** The longest that a result may live: what the topic keeps. */
    public static final Duration LONGEST_LIFE = Duration.ofDays(1);

    /** The longest that {@link #close} waits. */
    public static final Duration CLOSING_TIME = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(SharedStepReader.class);

    private final String topic;
    private final Deserializer<CachedStep> deserializer;
    private final Listener listener;
    private final Clock clock;
    private final TopicFollower follower;
    private final Trouble trouble;

    /** Is told what is read, on the reader's thread: returns at once, does not throw. */
    public interface Listener {

        /** What a worker found out, this one perhaps, and perhaps not for the first time. */
        void read(CachedStep entry);

        /** Somebody took the entry with this digest back. */
        void takenBack(String digest);

        /** A record was left out that is no such entry, or too large. */
        void unreadable();
    }

    /** @param client how to reach the brokers */
    public SharedStepReader(
            String topic,
            Map<String, Object> client,
            Deserializer<CachedStep> deserializer,
            Listener listener,
            Clock clock) {
        this.topic = topic;
        this.deserializer = deserializer;
        this.listener = listener;
        this.clock = clock;
        this.trouble = new Trouble("results of other workers' steps are not read from topic " + topic);
        this.follower = new TopicFollower("headstream-fleet-reader", topic, client, new Reading());
    }

    /** Begins to read; returns at once. */
    public void start() {
        follower.start();
    }

    /** Ends it, and waits for that for {@link #CLOSING_TIME} at most. */
    @Override
    public void close() {
        follower.close();
        follower.awaitEnd(CLOSING_TIME);
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            listener.takenBack(key);
            return;
        }
        Optional<CachedStep> entry = decode(record);
        if (entry.filter(it -> it.getDigest().equals(key)).isPresent()) {
            listener.read(entry.get());
        } else {
            listener.unreadable();
            log.debug(
                    "no result of a step, left out topic={} partition={} offset={}",
                    topic,
                    record.partition(),
                    record.offset());
        }
    }

    /** Looked at for its size before it takes any more memory. */
    private Optional<CachedStep> decode(ConsumerRecord<byte[], byte[]> record) {
        if (record.value().length > SharedStepWriter.MAX_RECORD_BYTES) {
            return Optional.empty();
        }
        try {
            CachedStep entry = deserializer.deserialize(topic, record.headers(), record.value());
            trouble.over();
            return Optional.of(entry);
        } catch (SchemaRegistryUnavailableException e) {
            trouble.met(e.toString()); // it may be fine, but to read all of the topic again for it would be worse
            return Optional.empty();
        } catch (RuntimeException e) { // also what the registry refuses: it is only a cache
            log.debug("cannot be decoded", e);
            return Optional.empty();
        }
    }

    private final class Reading implements TopicFollower.Listener {
        /** What is older has expired. */
        @Override
        public Optional<Instant> since() {
            return Optional.of(clock.instant().minus(LONGEST_LIFE));
        }

        @Override
        public void take(ConsumerRecord<byte[], byte[]> record) {
            SharedStepReader.this.take(record);
        }

        @Override
        public void caughtUp() {
            trouble.over();
        }

        @Override
        public void goOnWithout(String why) {
            trouble.met("it " + why);
        }

        @Override
        public void failed(RuntimeException failure) {
            trouble.met(failure.toString());
        }
    }
}
