package dev.headstream.loadgen.bench.pipeline;

import dev.headstream.loadgen.bench.pipeline.PeerJobs.PeerJob;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import reactor.core.publisher.Mono;
import reactor.kafka.receiver.KafkaReceiver;
import reactor.kafka.receiver.ReceiverOptions;
import reactor.kafka.receiver.ReceiverRecord;

/** reactor-kafka with work side by side and acknowledgements out of order. */
final class ReactorKafkaPeer {
    /** How far acknowledgements may run ahead of the oldest missing one. */
    private static final int MAX_DEFERRED_COMMITS = 1_000;

    private final PeerMain.Settings settings;
    private final PeerJobs jobs;

    ReactorKafkaPeer(PeerMain.Settings settings, PeerJobs jobs) {
        this.settings = settings;
        this.jobs = jobs;
    }

    void run() {
        ReceiverOptions<String, byte[]> options = ReceiverOptions.<String, byte[]>create(settings.consumer())
                .subscription(List.of(settings.topics().jobs()))
                .commitInterval(settings.commitInterval())
                .maxDeferredCommits(MAX_DEFERRED_COMMITS);
        try (KafkaProducer<String, byte[]> producer = PeerMain.producer(settings, Map.of())) {
            KafkaReceiver.create(options)
                    .receive()
                    .flatMap(record -> handle(record, producer), settings.contexts())
                    .then()
                    .block();
        }
    }

    private Mono<Void> handle(ReceiverRecord<String, byte[]> record, KafkaProducer<String, byte[]> producer) {
        return Mono.fromCallable(() -> jobs.read(record))
                .flatMap(ReactorKafkaPeer::work)
                .flatMap(job -> send(producer, jobs.result(job)))
                .doOnSuccess(sent -> record.receiverOffset().acknowledge());
    }

    private static Mono<PeerJob> work(PeerJob job) {
        long millis = PeerJobs.workMillis(job);
        return millis == 0
                ? Mono.just(job)
                : Mono.delay(Duration.ofMillis(millis)).thenReturn(job);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback gets what the future would
    private static Mono<Void> send(KafkaProducer<String, byte[]> producer, ProducerRecord<String, byte[]> result) {
        return Mono.create(sink -> producer.send(result, (metadata, failure) -> {
            if (failure == null) {
                sink.success();
            } else {
                sink.error(failure);
            }
        }));
    }
}
