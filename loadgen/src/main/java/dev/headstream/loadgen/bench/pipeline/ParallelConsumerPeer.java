package dev.headstream.loadgen.bench.pipeline;

import dev.headstream.loadgen.bench.pipeline.PeerJobs.PeerJob;
import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.CommitMode;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.ParallelEoSStreamProcessor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Confluent's parallel consumer, unordered, with its own thread for each context. */
final class ParallelConsumerPeer {
    private final PeerMain.Settings settings;
    private final PeerJobs jobs;
    private final boolean transactional;

    ParallelConsumerPeer(PeerMain.Settings settings, PeerJobs jobs, boolean transactional) {
        this.settings = settings;
        this.jobs = jobs;
        this.transactional = transactional;
    }

    void run() throws InterruptedException {
        Map<String, Object> transaction =
                transactional ? Map.of("transactional.id", settings.prefix() + ".bench") : Map.of();
        try (KafkaProducer<String, byte[]> producer = PeerMain.producer(settings, transaction)) {
            ParallelConsumerOptions<String, byte[]> options = ParallelConsumerOptions.<String, byte[]>builder()
                    .consumer(new KafkaConsumer<>(settings.consumer()))
                    .producer(producer)
                    .ordering(ProcessingOrder.UNORDERED)
                    .maxConcurrency(settings.contexts())
                    .commitMode(
                            transactional
                                    ? CommitMode.PERIODIC_TRANSACTIONAL_PRODUCER
                                    : CommitMode.PERIODIC_CONSUMER_ASYNCHRONOUS)
                    .commitInterval(settings.commitInterval())
                    // it looks into the consumer to see whether that commits by itself, which it cannot in every
                    // version
                    .ignoreReflectiveAccessExceptionsForAutoCommitDisabledCheck(true)
                    .build();
            try (ParallelEoSStreamProcessor<String, byte[]> processor = new ParallelEoSStreamProcessor<>(options)) {
                processor.subscribe(List.of(settings.topics().jobs()));
                processor.pollAndProduce(context -> handle(context.getSingleConsumerRecord()));
                while (!processor.isClosedOrFailed()) { // or until the process is ended
                    TimeUnit.SECONDS.sleep(1);
                }
                throw new IllegalStateException("it ended by itself");
            }
        }
    }

    private ProducerRecord<String, byte[]> handle(ConsumerRecord<String, byte[]> record) {
        PeerJob job = jobs.read(record);
        PeerJobs.work(job);
        return jobs.result(job);
    }
}
