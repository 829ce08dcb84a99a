package dev.headstream.loadgen.bench.pipeline;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.stack.LocalStack;
import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.Topics;
import dev.headstream.v1.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes the journal of a partition as a worker would have left it, lets a worker without a browser take it over, and sees
 * to it that the worker then knows a duplicate from a new job. Confined to one thread, but for {@link #close}.
 */
public final class RestoreBench implements AutoCloseable {
    private static final String PREFIX = "restore";
    private static final int STEP = 10_000;
    private static final int DUPLICATES = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final int markers;
    private final Path launcher;
    private final Path folder;
    private final LocalStack stack;

    private RestoreBench(int markers, Path launcher, Path folder, LocalStack stack) {
        this.markers = markers;
        this.launcher = launcher;
        this.folder = folder;
        this.stack = stack;
    }

    /**
     * Gets ready: starts a broker and a registry.
     *
     * @param launcher {@code deploy/headstream}, which starts the worker
     */
    public static RestoreBench open(int markers, Path launcher) throws IOException {
        if (markers < DUPLICATES || markers > 50_000_000) {
            throw new IllegalArgumentException(
                    "the number of markers is from " + DUPLICATES + " to 50000000, not " + markers);
        }
        Path folder = Files.createTempDirectory("headstream-bench");
        LocalStack stack = LocalStack.start(LocalStack.Options.defaults()
                .withTopics(Topics.withPrefix(PREFIX))
                .withPartitions(1));
        return new RestoreBench(markers, launcher, folder, stack);
    }

    /**
     * Measures once.
     *
     * @param progress told how many markers are written
     */
    public RestoreFigures run(LongConsumer progress) throws IOException, InterruptedException {
        Topics topics = stack.topics();
        Deployment deployment = new Deployment(stack.bootstrap(), stack.registryUrl(), topics, Map.of());
        try (SchemaRegistryClient registry = deployment.registryClient();
                ResultWatch results = ResultWatch.open(deployment);
                Feeder feeder = new Feeder(deployment, new Events(topics.jobs(), registry))) {
            results.begin("new", 1);
            writeMarkers(deployment, registry, progress);
            for (int i = 0; i < DUPLICATES; i++) {
                feeder.sendAs(id(i * (markers / DUPLICATES)));
            }
            feeder.send("new", Workload.noOp(1), 0, 1);
            return measure(results);
        }
    }

    private RestoreFigures measure(ResultWatch results) throws IOException, InterruptedException {
        long started = System.nanoTime();
        try (ContenderProcess worker = ContenderProcess.worker(
                launcher,
                Map.of(
                        "kafka.bootstrapServers",
                        stack.bootstrap(),
                        "kafka.groupId",
                        PREFIX + ".bench",
                        "registry.urls",
                        stack.registryUrl(),
                        "topics.prefix",
                        PREFIX,
                        "workDirectory",
                        folder.toString(),
                        "management.port",
                        "0"),
                folder)) {
            if (!results.await(1, PATIENCE)) {
                throw new IOException("no result within " + PATIENCE.toSeconds() + " s" + worker.tail());
            }
            ResultWatch.Seen seen = results.now();
            HeapLog heap = worker.heap();
            WorkerMetrics metrics = new WorkerMetrics(folder);
            return new RestoreFigures(
                    markers,
                    Math.round(metrics.value("headstream_journal_marks")),
                    metrics.value("headstream_restore_duration_seconds_sum"),
                    (seen.lastNanos() - started) / 1e9,
                    heap.peakMegabytes(),
                    heap.leastAfter(Math.max(0, heap.collections() - 1), heap.collections()),
                    worker.pssBytes(),
                    worker.cpuSeconds(),
                    Math.round(metrics.value("headstream_jobs_deduplicated_total")));
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // flush waits; a missing marker would show as one not remembered
    private void writeMarkers(Deployment deployment, SchemaRegistryClient registry, LongConsumer progress) {
        String topic = deployment.topics().state();
        AvroSerializer<JobState> serializer = new AvroSerializer<>(registry);
        try (KafkaProducer<String, byte[]> producer = deployment.producer(new ByteArraySerializer())) {
            for (int i = 0; i < markers; i++) {
                JobState done = JobState.newBuilder()
                        .setExecutionId(id(i))
                        .setSourceOffset(i)
                        .setFlow(Events.FLOW)
                        .setAttempts(1)
                        .setDone("SUCCEEDED")
                        .setUpdatedAt(Instant.now())
                        .build();
                producer.send(new ProducerRecord<>(topic, 0, id(i), serializer.encode(topic, done)));
                if (i % STEP == 0) {
                    progress.accept(i);
                }
            }
            producer.flush();
        }
    }

    /** Ids of the usual length, the same in every run. */
    private static String id(int number) {
        return new UUID(0x5eed_0000_0000_4000L + number, 0x8000_0000_0000_0000L | number).toString();
    }

    /** Stops the broker and removes all temporary files. May be called from any thread and more than once. */
    @Override
    public void close() throws IOException {
        stack.close();
        TemporaryFolder.remove(folder);
    }
}
