package dev.headstream.loadgen.demo;

import com.sun.net.httpserver.HttpServer;
import dev.headstream.schemas.AvroDeserializer;
import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.SchemaRegistryConfig;
import dev.headstream.schemas.Topics;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import dev.headstream.v1.SourcePosition;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Answers jobs without a browser, in transactions, and tells metrics as a worker does. The folder of the flows may hold
 * files that make it misbehave: {@code crash-once} (it ends in the middle), {@code fail-one} (the job whose number is in the
 * file fails).
 */
final class FakeWorker {
    private static final Duration JOB = Duration.ofMillis(20);

    private FakeWorker() {}

    public static void main(String[] args) throws Exception {
        Map<String, String> settings = System.getenv();
        String bootstrap = settings.getOrDefault("HEADSTREAM_KAFKA_BOOTSTRAP_SERVERS", "");
        Path misbehaviour = Path.of(settings.getOrDefault("HEADSTREAM_FLOWS", ""));
        HttpServer metrics = serveMetrics();
        Path work = Path.of(settings.getOrDefault("HEADSTREAM_WORK_DIRECTORY", ""));
        Files.writeString(work.resolve("management.port"), metrics.getAddress().getPort() + "\n");
        try (SchemaRegistryClient registry = SchemaRegistryClient.create(
                        SchemaRegistryConfig.ofUrl(settings.getOrDefault("HEADSTREAM_REGISTRY_URLS", "")));
                KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                bootstrap,
                                "group.id",
                                "headstream-workers",
                                "enable.auto.commit",
                                false,
                                "auto.offset.reset",
                                "earliest",
                                "session.timeout.ms",
                                6_000,
                                "max.poll.records",
                                10),
                        new StringDeserializer(),
                        new ByteArrayDeserializer());
                KafkaProducer<String, JobResult> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrap, "transactional.id", "fake"),
                        new StringSerializer(),
                        new AvroSerializer<>(registry))) {
            producer.initTransactions();
            consumer.subscribe(List.of(Topics.defaults().jobs()));
            run(consumer, producer, new AvroDeserializer<>(JobRequested.class, registry), misbehaviour);
        }
    }

    private static void run(
            KafkaConsumer<String, byte[]> consumer,
            KafkaProducer<String, JobResult> producer,
            AvroDeserializer<JobRequested> jobs,
            Path misbehaviour)
            throws IOException {
        String failing = Files.exists(misbehaviour.resolve("fail-one"))
                ? "-" + Files.readString(misbehaviour.resolve("fail-one")).strip()
                : "none";
        while (true) {
            ConsumerRecords<String, byte[]> records = consumer.poll(Duration.ofMillis(200));
            if (records.isEmpty()) {
                continue;
            }
            producer.beginTransaction();
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            for (ConsumerRecord<String, byte[]> record : records) {
                JobRequested job = Objects.requireNonNull(jobs.deserialize(record.topic(), record.value()));
                var unused = producer.send(new ProducerRecord<>(
                        Topics.defaults().results(),
                        record.key(),
                        result(job, record, job.getJobId().endsWith(failing))));
                offsets.put(
                        new TopicPartition(record.topic(), record.partition()),
                        new OffsetAndMetadata(record.offset() + 1));
            }
            if (Files.deleteIfExists(misbehaviour.resolve("crash-once"))) {
                Runtime.getRuntime().halt(137);
            }
            producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
            producer.commitTransaction();
        }
    }

    private static JobResult result(JobRequested job, ConsumerRecord<String, byte[]> record, boolean fails) {
        Instant start = Instant.now();
        LockSupport.parkNanos(JOB.toNanos());
        return JobResult.newBuilder()
                .setJobId(job.getJobId())
                .setExecutionId(job.getJobId())
                .setReplayId(null)
                .setFlow(job.getFlow())
                .setFlowVersion(1)
                .setOutputJson("{\"total\":\"12.50\"}")
                .setError(fails ? new JobError("ACTION_TIMEOUT", "nothing came of it", "search") : null)
                .setArtifacts(List.of())
                .setStatus(fails ? JobStatus.FAILED : JobStatus.SUCCEEDED)
                .setAttempts(1)
                .setSteps(List.of(
                        new StepReport("login", StepOutcome.RAN, start, 5L, 4_000L),
                        new StepReport("search", StepOutcome.RAN, start, 15L, 8_000L)))
                .setQueuedMillis(Duration.between(Instant.ofEpochMilli(record.timestamp()), start)
                        .toMillis())
                .setRunMillis(JOB.toMillis())
                .setSource(new SourcePosition(record.topic(), record.partition(), record.offset()))
                .setWorker("fake")
                .setCompletedAt(Instant.now())
                .build();
    }

    private static HttpServer serveMetrics() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        byte[] body =
                """
                # TYPE headstream_contexts gauge
                headstream_contexts{state="used"} 3.0
                headstream_contexts{state="max"} 4.0
                headstream_memory_pss_bytes{process="jvm"} 1.2E8
                headstream_memory_pss_bytes{process="renderer"} 2.05E8
                """
                        .getBytes(StandardCharsets.UTF_8);
        server.createContext("/metrics", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
        return server;
    }
}
