package dev.headstream.loadgen.bench.pipeline;

import dev.headstream.loadgen.connection.Deployment;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Sends the events of a phase. Confined to one thread. */
final class Feeder implements AutoCloseable {
    private final Events events;
    private final String topic;
    private final KafkaProducer<String, byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    Feeder(Deployment deployment, Events events) {
        this.events = events;
        this.topic = deployment.topics().jobs();
        this.producer = deployment.producer(new ByteArraySerializer());
    }

    /** Sends the events from one to another and waits until all of them are in the topic. */
    void send(String phase, Workload workload, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            send(phase, workload, i);
        }
        flush();
    }

    /** Sends one event without work under this id. */
    void sendAs(String jobId) throws IOException {
        send(jobId, 0);
        flush();
    }

    /**
     * Sends every event at its time.
     *
     * @return when each was due, by the nanosecond clock: what comes late for want of this thread counts as waiting
     */
    long[] sendInTime(String phase, Workload workload) throws IOException {
        long[] due = new long[workload.records()];
        long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
        long step = TimeUnit.SECONDS.toNanos(1) / workload.perSecond();
        for (int i = 0; i < due.length; i++) {
            due[i] = start + i * step;
            for (long left = due[i] - System.nanoTime(); left > 0; left = due[i] - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            send(phase, workload, i);
        }
        flush();
        return due;
    }

    private void send(String phase, Workload workload, int index) {
        send(phase + "-" + index, workload.workMillis()[index]);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback gets what the future would
    private void send(String jobId, int workMillis) {
        byte[] event = events.event(jobId, workMillis);
        producer.send(new ProducerRecord<>(topic, jobId, event), (metadata, failed) -> {
            if (failed != null) {
                failure.compareAndSet(null, failed);
            }
        });
    }

    private void flush() throws IOException {
        producer.flush();
        Exception failed = failure.get();
        if (failed != null) {
            throw new IOException("events could not be sent: " + failed, failed);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
