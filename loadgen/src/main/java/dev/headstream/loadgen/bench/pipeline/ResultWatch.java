package dev.headstream.loadgen.bench.pipeline;

import dev.headstream.loadgen.connection.Deployment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Sees results as a {@code read_committed} consumer does and notes when: a result counts when anybody could have it. Results
 * are known by their key, {@code PHASE-INDEX}. Thread-safe.
 */
final class ResultWatch implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);

    private final KafkaConsumer<String, byte[]> consumer;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread = new Thread(this::run, "bench-results");

    private String phase = "";
    private long[] seenNanos = new long[0];
    private int seen;
    private int repeated;
    private long lastNanos;

    private ResultWatch(KafkaConsumer<String, byte[]> consumer) {
        this.consumer = consumer;
    }

    /** What was seen of a phase: 0 where a result has not come. */
    @SuppressWarnings("ArrayRecordComponent") // a copy, compared nowhere
    record Seen(long[] nanos, int results, int repeated, long lastNanos) {}

    static ResultWatch open(Deployment deployment) {
        KafkaConsumer<String, byte[]> consumer = deployment.consumer();
        List<TopicPartition> partitions = consumer
                .partitionsFor(deployment.topics().results())
                .stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.endOffsets(partitions).forEach(consumer::seek);
        ResultWatch watch = new ResultWatch(consumer);
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    /** Forgets everything and looks for the results of these events from now on. */
    synchronized void begin(String phaseName, int records) {
        phase = phaseName + "-";
        seenNanos = new long[records];
        seen = 0;
        repeated = 0;
        lastNanos = System.nanoTime();
    }

    synchronized int seen() {
        return seen;
    }

    synchronized Seen now() {
        return new Seen(seenNanos.clone(), seen, repeated, lastNanos);
    }

    /** Blocks until so many results have come; false if none came for as long as patience lasts. */
    synchronized boolean await(int results, Duration patience) throws InterruptedException {
        while (seen < results) {
            long left = patience.toNanos() - (System.nanoTime() - lastNanos);
            if (left <= 0) {
                return false;
            }
            wait(Math.max(1, left / 1_000_000));
        }
        return true;
    }

    private void run() {
        try {
            while (!closed.get()) {
                List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
                consumer.poll(POLL).forEach(records::add);
                note(records, System.nanoTime());
            }
        } finally {
            consumer.close();
        }
    }

    private synchronized void note(List<ConsumerRecord<String, byte[]>> records, long now) {
        for (ConsumerRecord<String, byte[]> record : records) {
            if (record.key() != null && record.key().startsWith(phase)) {
                int index = Integer.parseInt(record.key().substring(phase.length()));
                if (seenNanos[index] == 0) {
                    seenNanos[index] = now;
                    seen++;
                    lastNanos = now;
                } else {
                    repeated++;
                }
            }
        }
        notifyAll();
    }

    @Override
    public void close() {
        closed.set(true);
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
