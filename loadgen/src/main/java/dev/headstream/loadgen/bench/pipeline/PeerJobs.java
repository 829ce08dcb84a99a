package dev.headstream.loadgen.bench.pipeline;

import dev.headstream.schemas.AvroDeserializer;
import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.Topics;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import dev.headstream.v1.SourcePosition;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What every peer does with an event: read it, work, make its result. The same records as a worker's. Thread-safe. */
final class PeerJobs {
    private final Topics topics;
    private final AvroDeserializer<JobRequested> events;
    private final AvroSerializer<JobResult> results;

    /** An event that was read. */
    record PeerJob(JobRequested event, SourcePosition source) {}

    PeerJobs(Topics topics, SchemaRegistryClient registry) {
        this.topics = topics;
        this.events = new AvroDeserializer<>(JobRequested.class, registry);
        this.results = new AvroSerializer<>(registry);
    }

    PeerJob read(ConsumerRecord<String, byte[]> record) {
        JobRequested event =
                Objects.requireNonNull(events.deserialize(record.topic(), record.headers(), record.value()));
        return new PeerJob(event, new SourcePosition(record.topic(), record.partition(), record.offset()));
    }

    static long workMillis(PeerJob job) {
        return Events.workMillis(job.event());
    }

    /** Works in this thread, as the blocking peers do. */
    static void work(PeerJob job) {
        try {
            TimeUnit.MILLISECONDS.sleep(workMillis(job));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    ProducerRecord<String, byte[]> result(PeerJob job) {
        JobRequested event = job.event();
        JobResult result = JobResult.newBuilder()
                .setJobId(event.getJobId())
                .setExecutionId(event.getJobId())
                .setFlow(event.getFlow())
                .setStatus(JobStatus.SUCCEEDED)
                .setAttempts(1)
                .setSource(job.source())
                .setCompletedAt(Instant.now())
                .build();
        return new ProducerRecord<>(topics.results(), event.getJobId(), results.encode(topics.results(), result));
    }
}
