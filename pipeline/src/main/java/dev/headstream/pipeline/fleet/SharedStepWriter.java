package dev.headstream.pipeline.fleet;

import dev.headstream.v1.CachedStep;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a worker found out for the others, in the order in which it comes; who offers never waits. What there is no
 * room for is dropped: at most {@value #MOST_WAITING} entries wait, and {@value #BUFFER_BYTES} bytes are on their way. Where
 * brokers or registry cannot be reached it says so once and goes on trying. Owns one thread; thread-safe.
 */
public final class SharedStepWriter implements AutoCloseable {
    /** The largest record that is written or read, in bytes. */
    public static final int MAX_RECORD_BYTES = 72 << 10;

    /** The longest that {@link #close} waits. */
    public static final Duration CLOSING_TIME = Duration.ofSeconds(2);

    private static final Duration FLUSHING_TIME = Duration.ofSeconds(1);
    private static final int MOST_WAITING = 64;
    private static final long BUFFER_BYTES = 4L << 20;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final String topic;
    private final Map<String, Object> properties;
    private final Serializer<CachedStep> serializer;
    private final Listener listener;
    private final BlockingQueue<CachedStep> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Trouble trouble;
    private final Thread thread;
    private volatile boolean closing;

    /** Is told what became of what was offered, on any thread: returns at once, does not throw. */
    public interface Listener {

        /** It is in the topic. */
        void published();

        /** It is not, and will not be. */
        void dropped();
    }

    /** @param client how to reach the brokers */
    public SharedStepWriter(
            String topic, Map<String, Object> client, Serializer<CachedStep> serializer, Listener listener) {
        this.topic = topic;
        this.properties = properties(client);
        this.serializer = serializer;
        this.listener = listener;
        this.trouble = new Trouble("results of steps are not given to other workers by topic " + topic);
        this.thread = new Thread(this::run, "headstream-fleet-writer");
        this.thread.setDaemon(true);
    }

    /** What is lost is run again: one acknowledgement will do, and nobody waits long. */
    private static Map<String, Object> properties(Map<String, Object> client) {
        Map<String, Object> all = new HashMap<>(client);
        all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip"); // as all records of a worker
        all.put(ProducerConfig.ACKS_CONFIG, "1");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
        all.put(ProducerConfig.LINGER_MS_CONFIG, 20);
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        return all;
    }

    /** Begins to write; returns at once. */
    public void start() {
        thread.start();
    }

    /** Has an entry written some time; never waits. */
    public void offer(CachedStep entry) {
        if (!waiting.offer(entry)) {
            listener.dropped();
        }
    }

    /** Ends it: what waits is lost, and what is on its way has a second. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(CLOSING_TIME.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Producer<byte[], byte[]> producer = null;
        try {
            while (!closing) {
                CachedStep entry = waiting.take();
                producer = producer == null ? connect() : producer;
                if (producer == null) {
                    Thread.sleep(PAUSE.toMillis());
                } else {
                    write(producer, entry);
                }
            }
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt(); // only close() interrupts it
        } finally {
            if (producer != null) {
                var unused = Thread.interrupted(); // else it would not wait for what is on its way
                producer.close(FLUSHING_TIME);
            }
        }
    }

    private @Nullable Producer<byte[], byte[]> connect() {
        try {
            return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (RuntimeException e) { // no name server, no key store: what does not belong to an entry
            dropped(e);
            return null;
        }
    }

    private void write(Producer<byte[], byte[]> producer, CachedStep entry) {
        try {
            byte[] value = serializer.serialize(topic, entry);
            if (value.length > MAX_RECORD_BYTES) {
                listener.dropped(); // no worker would read it
                return;
            }
            byte[] key = entry.getDigest().getBytes(StandardCharsets.UTF_8);
            var unused = producer.send(new ProducerRecord<>(topic, key, value), (written, failure) -> {
                if (failure == null) {
                    trouble.over();
                    listener.published();
                } else {
                    dropped(failure);
                }
            });
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException e) { // no broker, no registry: the next may go
            dropped(e);
        }
    }

    private void dropped(Exception why) {
        listener.dropped();
        trouble.met(why.toString());
    }
}
