package dev.headstream.worker;

import static org.awaitility.Awaitility.await;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.results.ResultReader;
import dev.headstream.loadgen.site.DemoSite;
import dev.headstream.loadgen.stack.TestKafka;
import dev.headstream.loadgen.submit.JobSender;
import dev.headstream.schemas.Topics;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Topics of a test class's own on the shared Kafka, the demo portal, and workers in processes of their own that run the
 * flow {@code visit}. Confined to the test's thread. Closing it ends all processes and deletes the work directory.
 */
final class TestDeployment implements AutoCloseable {
    static final String FLOW = "visit";
    /** How long nothing may happen; generous, because other tests may have the machine's processors. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Duration LONGEST = Duration.ofMinutes(4);
    private static final int FIRST_ARTICLE = 1001;
    private static final Duration POLL = Duration.ofMillis(100);

    private final Deployment deployment;
    private final DemoSite site;
    private final Path folder;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final List<JobResult> results = new ArrayList<>();
    private final ResultReader reader;

    private TestDeployment(Deployment deployment, DemoSite site, Path folder) {
        this.deployment = deployment;
        this.site = site;
        this.folder = folder;
        this.reader = ResultReader.open(deployment);
    }

    /** With the registry that all tests share. */
    static TestDeployment open(Class<?> test, int partitions) throws IOException {
        return open(test, partitions, TestKafka.shared().registryUrl());
    }

    /** With a registry that may not be there yet. */
    static TestDeployment open(Class<?> test, int partitions, String registry) throws IOException {
        TestKafka kafka = TestKafka.shared();
        Topics topics = kafka.topics(test, partitions);
        // short: Chromium makes sockets in there
        Path folder = Files.createTempDirectory("hs-it-");
        return new TestDeployment(
                new Deployment(kafka.bootstrap(), registry, topics, Map.of()),
                DemoSite.start(DemoSite.Options.instant()),
                folder);
    }

    Deployment deployment() {
        return deployment;
    }

    Topics topics() {
        return deployment.topics();
    }

    String group() {
        return topics().jobs() + "-workers";
    }

    /** The directory that its workers write to. */
    Path workDirectory() {
        return folder.resolve("w");
    }

    /** The flows of these tests. */
    static Path flows() {
        try {
            return Path.of(TestDeployment.class.getResource("/acceptance").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a worker is told about this deployment; whatever is given besides wins. */
    List<String> arguments(String... more) {
        String prefix = topics().jobs().substring(0, topics().jobs().lastIndexOf('.'));
        List<String> arguments = new ArrayList<>(List.of("--flows", flows().toString(), "--contexts", "4"));
        Map<String, String> settings = new HashMap<>(Map.of(
                "kafka.bootstrapServers", deployment.bootstrap(),
                "kafka.groupId", group(),
                "registry.urls", deployment.registry(),
                "topics.prefix", prefix,
                "retry.initial", "200ms",
                "drain.notice", "15s",
                "management.port", "0",
                "workDirectory", workDirectory().toString(),
                "artifacts", folder.resolve("artifacts").toString()));
        for (String setting : more) {
            int equals = setting.indexOf('=');
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        return arguments;
    }

    /** A new worker, which may still be starting. */
    WorkerProcess start(String... settings) throws IOException {
        return startWith(arguments(settings));
    }

    /** A new worker with nothing but these arguments. */
    WorkerProcess startWith(List<String> arguments) throws IOException {
        Path output = Files.createDirectory(folder.resolve("worker-" + workers.size()));
        WorkerProcess worker = WorkerProcess.start(output, arguments);
        workers.add(worker);
        return worker;
    }

    /** The worker that was started last, or a new one if it does not run; takes jobs when this returns. */
    WorkerProcess working() throws IOException {
        WorkerProcess last = workers.isEmpty() ? null : workers.get(workers.size() - 1);
        WorkerProcess worker = last != null && last.isAlive() ? last : start();
        await().atMost(PATIENCE).until(() -> worker.isWorking() || !worker.isAlive());
        if (!worker.isAlive()) {
            throw new AssertionError("the worker ended:\n" + worker.output() + worker.errors());
        }
        return worker;
    }

    /** Jobs that wait that long on a page; their ids begin with a prefix and a hyphen. */
    List<JobRequested> jobs(String prefix, int count, Duration wait) {
        return IntStream.range(0, count)
                .mapToObj(number -> job(
                        prefix + "-" + number,
                        Map.of(
                                "site", site.url(),
                                "article", String.valueOf(FIRST_ARTICLE + number),
                                "millis", String.valueOf(wait.toMillis()))))
                .toList();
    }

    static JobRequested job(String id, Map<String, String> inputs) {
        return JobRequested.newBuilder()
                .setJobId(id)
                .setFlow(FLOW)
                .setInputs(inputs)
                .setSubmittedAt(Instant.now())
                .setTestRecord(true)
                .build();
    }

    String site() {
        return site.url();
    }

    void send(Collection<JobRequested> jobs) {
        try (JobSender sender = JobSender.open(deployment)) {
            jobs.forEach(sender::send);
            sender.flush();
        }
    }

    /** Committed results so far, of jobs with that prefix. */
    List<JobResult> results(String prefix) {
        List<JobResult> read;
        do {
            read = reader.poll(POLL);
            results.addAll(read);
        } while (!read.isEmpty());
        return results.stream()
                .filter(result -> result.getJobId().startsWith(prefix + "-"))
                .toList();
    }

    /** Waits for so many committed results of jobs with that prefix, for as long as new ones come. */
    List<JobResult> awaitResults(String prefix, int count) {
        Progress progress = new Progress(prefix, count);
        await().atMost(LONGEST).pollInSameThread().until(() -> progress.isDoneWith(results(prefix)));
        return results(prefix);
    }

    /** Fails when nothing new comes for too long, and says what the worker has to say about it. */
    private final class Progress {
        private final String prefix;
        private final int count;
        private int came = -1;
        private long lastNanos = System.nanoTime();

        Progress(String prefix, int count) {
            this.prefix = prefix;
            this.count = count;
        }

        boolean isDoneWith(List<JobResult> now) {
            if (now.size() > came) {
                came = now.size();
                lastNanos = System.nanoTime();
            } else if (System.nanoTime() - lastNanos > PATIENCE.toNanos()) {
                throw new AssertionError(
                        "no new result of " + prefix + ", " + came + " of " + count + " came:\n" + lastOutput());
            }
            return came >= count;
        }
    }

    private String lastOutput() {
        return workers.isEmpty() ? "" : workers.get(workers.size() - 1).output();
    }

    /** Events behind the group's committed offsets. */
    long lag() throws InterruptedException, ExecutionException, TimeoutException {
        try (Admin admin = deployment.admin(Duration.ofSeconds(20))) {
            List<TopicPartition> partitions = admin
                    .describeTopics(List.of(topics().jobs()))
                    .allTopicNames()
                    .get(20, TimeUnit.SECONDS)
                    .get(topics().jobs())
                    .partitions()
                    .stream()
                    .map(info -> new TopicPartition(topics().jobs(), info.partition()))
                    .toList();
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
            var ends = admin.listOffsets(latest).all().get(20, TimeUnit.SECONDS);
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group())
                    .partitionsToOffsetAndMetadata()
                    .get(20, TimeUnit.SECONDS);
            return partitions.stream()
                    .mapToLong(partition -> {
                        OffsetAndMetadata offset = committed.get(partition);
                        return ends.get(partition).offset() - (offset == null ? 0 : offset.offset());
                    })
                    .sum();
        }
    }

    @Override
    public void close() throws IOException {
        workers.forEach(WorkerProcess::close);
        reader.close();
        site.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
