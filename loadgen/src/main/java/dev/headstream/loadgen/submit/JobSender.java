package dev.headstream.loadgen.submit;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.v1.JobRequested;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Sends job events, keyed by their session key where they have one, else by their id. Acknowledged by all replicas in sync
 * and without duplicates; the first failure stops it. Confined to one thread; the counts may be read from any.
 */
public final class JobSender implements AutoCloseable {
    private final KafkaProducer<String, JobRequested> producer;
    private final SchemaRegistryClient registry;
    private final String topic;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final AtomicReference<@Nullable RecordMetadata> last = new AtomicReference<>();

    private JobSender(KafkaProducer<String, JobRequested> producer, SchemaRegistryClient registry, String topic) {
        this.producer = producer;
        this.registry = registry;
        this.topic = topic;
    }

    /** Connects, and registers the event's schema, so that a missing registry shows here. */
    public static JobSender open(Deployment deployment) {
        SchemaRegistryClient registry = deployment.registryClient();
        String topic = deployment.topics().jobs();
        try {
            AvroSerializer<JobRequested> serializer = new AvroSerializer<>(registry);
            serializer.warm(topic, JobRequested.class);
            return new JobSender(deployment.producer(serializer), registry, topic);
        } catch (RuntimeException failed) {
            registry.close();
            throw failed;
        }
    }

    /**
     * Queues an event; blocks while too many are on their way.
     *
     * @throws SendFailedException if this or an earlier event could not be sent
     */
    public void send(JobRequested job) {
        throwIfFailed();
        String key = job.getSessionKey() == null ? job.getJobId() : job.getSessionKey();
        try {
            var unused = producer.send(new ProducerRecord<>(topic, key, job), (metadata, problem) -> {
                if (problem == null) {
                    last.set(metadata);
                    acknowledged.incrementAndGet();
                } else {
                    failure.compareAndSet(null, problem);
                }
            });
        } catch (org.apache.kafka.common.KafkaException problem) {
            failure.compareAndSet(null, problem);
        }
        throwIfFailed();
    }

    /**
     * Waits until all events are acknowledged.
     *
     * @throws SendFailedException if one could not be sent
     */
    public void flush() {
        producer.flush();
        throwIfFailed();
    }

    /** How many events all replicas in sync have. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** Where the event that was acknowledged last stands, as {@code topic-partition@offset}. */
    public String lastPosition() {
        return String.valueOf(last.get());
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        registry.close();
    }

    private void throwIfFailed() {
        Exception problem = failure.get();
        if (problem != null) {
            throw new SendFailedException(acknowledged.get(), topic, problem);
        }
    }

    /** An event could not be sent; says how many were before. */
    public static final class SendFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SendFailedException(long acknowledged, String topic, Exception cause) {
            super(
                    "sending to " + topic + " failed after " + acknowledged
                            + " acknowledged events: " + cause.getMessage()
                            + "; sending the same job ids again is safe, each runs once",
                    cause);
        }
    }
}
