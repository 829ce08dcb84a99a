package dev.headstream.pipeline.commit;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one owner of a writer's producer: made when it is first needed, replaced when it is broken. Not thread-safe. */
final class CurrentProducer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CurrentProducer.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Consumer<Producer<byte[], byte[]>> preparation;
    private @Nullable Producer<byte[], byte[]> producer;
    private boolean prepared;

    /**
     * @param producers makes one, and another should that break
     * @param preparation what a new one needs before its first use; where it fails, the next call tries it again
     */
    CurrentProducer(Supplier<Producer<byte[], byte[]>> producers, Consumer<Producer<byte[], byte[]>> preparation) {
        this.producers = producers;
        this.preparation = preparation;
    }

    static Producer<byte[], byte[]> connect(Map<String, Object> properties) {
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** The producer, ready for use. */
    Producer<byte[], byte[]> ready() {
        Producer<byte[], byte[]> current = producer;
        if (current == null) {
            current = producers.get();
            producer = current;
            prepared = false;
        }
        if (!prepared) {
            preparation.accept(current);
            prepared = true;
        }
        return current;
    }

    /** Drops a broken one at once; what it had not sent yet is lost, as its writer knows. */
    void discard() {
        Producer<byte[], byte[]> old = producer;
        producer = null;
        if (old != null) {
            try {
                old.close(Duration.ZERO);
            } catch (KafkaException e) {
                log.debug("closing a broken producer", e);
            }
        }
    }

    @Override
    public void close() {
        Producer<byte[], byte[]> old = producer;
        producer = null;
        if (old != null) {
            old.close(CLOSE_TIMEOUT);
        }
    }
}
