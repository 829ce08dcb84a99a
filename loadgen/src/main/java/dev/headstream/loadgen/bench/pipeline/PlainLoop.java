package dev.headstream.loadgen.bench.pipeline;

import dev.headstream.loadgen.bench.pipeline.PeerJobs.PeerJob;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;

/** What anybody writes first: poll, work, send, wait for the answers, commit. */
final class PlainLoop {
    private static final Duration POLL = Duration.ofMillis(100);

    private final PeerMain.Settings settings;
    private final PeerJobs jobs;

    PlainLoop(PeerMain.Settings settings, PeerJobs jobs) {
        this.settings = settings;
        this.jobs = jobs;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // flush waits for all; a failure is thrown by the callback's thread
    void run() {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(settings.consumer());
                KafkaProducer<String, byte[]> producer = PeerMain.producer(settings, Map.of())) {
            consumer.subscribe(List.of(settings.topics().jobs()));
            while (true) {
                ConsumerRecords<String, byte[]> polled = consumer.poll(POLL);
                for (ConsumerRecord<String, byte[]> record : polled) {
                    PeerJob job = jobs.read(record);
                    PeerJobs.work(job);
                    producer.send(jobs.result(job), PlainLoop::exitOnFailure);
                }
                if (!polled.isEmpty()) {
                    producer.flush();
                    consumer.commitSync();
                }
            }
        }
    }

    private static void exitOnFailure(Object metadata, Exception failure) {
        if (failure != null) {
            failure.printStackTrace(System.err);
            Runtime.getRuntime().halt(1);
        }
    }
}
