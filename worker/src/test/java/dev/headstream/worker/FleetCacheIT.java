package dev.headstream.worker;

import static dev.headstream.worker.cache.CachedFlow.searchOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.headstream.loadgen.stack.TestKafka;
import dev.headstream.pipeline.Outcome;
import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.SchemaRegistryConfig;
import dev.headstream.schemas.Topics;
import dev.headstream.v1.CachedStep;
import dev.headstream.v1.JobState;
import dev.headstream.v1.StepOutcome;
import dev.headstream.worker.cache.CacheEvents;
import dev.headstream.worker.cache.CachedFlow;
import dev.headstream.worker.cache.StepCache;
import dev.headstream.worker.setting.SettingSources;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The caches of two workers, wired as in a worker, with a real broker and registry between them. */
@Timeout(120)
final class FleetCacheIT {
    private static final String RULE = "key: \"${inputs.query}\", ttl: 10m";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final CachedFlow FLOW =
            CachedFlow.withoutSecret(new StepCache(new StepCache.Settings(0, false), CacheEvents.NONE), RULE);

    private final TestKafka kafka = TestKafka.shared();
    private final Topics topics = kafka.topics(FleetCacheIT.class, 1);
    private final SchemaRegistryClient registry =
            SchemaRegistryClient.create(SchemaRegistryConfig.of(Map.of("schema.registry.url", kafka.registryUrl())));
    private final List<FleetCache> opened = new ArrayList<>();

    /** What was counted. */
    private static final class Counts implements CacheEvents {
        final Map<Exchange, AtomicInteger> exchanged = new ConcurrentHashMap<>();
        final Map<Result, AtomicInteger> results = new ConcurrentHashMap<>();

        @Override
        public void requested(String flow, String step, Result result) {
            results.computeIfAbsent(result, unused -> new AtomicInteger()).incrementAndGet();
        }

        @Override
        public void exchanged(Exchange what) {
            exchanged.computeIfAbsent(what, unused -> new AtomicInteger()).incrementAndGet();
        }

        int of(Exchange what) {
            return exchanged.getOrDefault(what, new AtomicInteger()).get();
        }
    }

    @AfterEach
    void close() {
        opened.forEach(FleetCache::close);
        registry.close();
        // closing waits no longer than it says, and a machine may be busy
        await().atMost(PATIENCE).until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("headstream-fleet")));
    }

    private FleetCache share(Counts counts) {
        return open(settings(kafka.bootstrap()).option("cache.share", "fleet"), counts);
    }

    private SettingSources settings(String bootstrap) {
        return SettingSources.defaults()
                .option("kafka.bootstrapServers", bootstrap)
                .option(
                        "topics.prefix",
                        topics.jobs().substring(0, topics.jobs().lastIndexOf('.')));
    }

    private FleetCache open(SettingSources settings, Counts counts) {
        FleetCache cache =
                FleetCache.open(WorkerConfig.load(settings), FLOW.catalog(), registry, counts, Clock.systemUTC());
        opened.add(cache);
        return cache;
    }

    @Test
    void run_givenAQueryThatAnotherWorkerHasDone_expectsItNotDoneAgainThereOrInALaterWorker() {
        Counts one = new Counts();
        Counts other = new Counts();
        CachedFlow first = FLOW.at(share(one).steps());
        CachedFlow second = FLOW.at(share(other).steps());

        Outcome ran = first.run("lamp");
        await().atMost(PATIENCE).until(() -> other.of(CacheEvents.Exchange.TAKEN) == 1);
        Outcome spared = second.run("lamp");
        Counts late = new Counts();
        CachedFlow later = FLOW.at(share(late).steps());
        await().atMost(PATIENCE).until(() -> late.of(CacheEvents.Exchange.TAKEN) == 1);
        Outcome sparedToo = later.run("lamp");

        assertThat(searchOf(ran)).isEqualTo(StepOutcome.RAN);
        assertThat(searchOf(spared)).isEqualTo(StepOutcome.CACHED);
        assertThat(searchOf(sparedToo)).isEqualTo(StepOutcome.CACHED);
        assertThat(second.runs).hasValue(0);
        assertThat(later.runs).hasValue(0);
        assertThat(((Outcome.Succeeded) spared).outputJson()).isEqualTo(((Outcome.Succeeded) ran).outputJson());
        await().atMost(PATIENCE).until(() -> one.of(CacheEvents.Exchange.PUBLISHED) == 1);
        assertThat(other.results).containsOnlyKeys(CacheEvents.Result.SHARED);
    }

    @Test
    void open_givenRecordsThatAreNoEntries_expectsThemCountedAndTheNextOneTaken() throws Exception {
        Counts counts = new Counts();
        CachedStep entry = entry("a".repeat(64), Instant.now());
        AvroSerializer<CachedStep> entries = new AvroSerializer<>(registry);
        write("rubbish", "no Avro".getBytes(StandardCharsets.UTF_8));
        write("unknown-schema", new byte[] {0, 0x7f, 0, 0, 1, 0});
        write("x".repeat(64), entries.encode(topics.cache(), entry)); // under another key
        CachedStep large = CachedStep.newBuilder(entry("c".repeat(64), Instant.now()))
                .setValuesJson("{\"hits\":\"" + "x".repeat(80_000) + "\"}")
                .build();
        write(large.getDigest(), entries.encode(topics.cache(), large));
        write("foreign", new AvroSerializer<JobState>(registry).encode(topics.state(), state()));
        write(
                "b".repeat(64),
                entries.encode(
                        topics.cache(), entry("b".repeat(64), Instant.now().minusSeconds(900))));
        write(entry.getDigest(), entries.encode(topics.cache(), entry));

        share(counts);

        await().atMost(PATIENCE).until(() -> counts.of(CacheEvents.Exchange.TAKEN) == 1);
        assertThat(counts.of(CacheEvents.Exchange.UNREADABLE)).isEqualTo(5);
        assertThat(counts.of(CacheEvents.Exchange.UNTIMELY)).isEqualTo(1);
    }

    @Test
    void open_givenDefaults_expectsNothingWrittenOrReadAndNoThread() throws Exception {
        Counts counts = new Counts();
        CachedFlow flow = FLOW.at(open(settings(kafka.bootstrap()), counts).steps());

        flow.run("lamp");

        assertThat(searchOf(flow.run("lamp"))).isEqualTo(StepOutcome.CACHED);
        assertThat(counts.exchanged).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("headstream-fleet"));
        assertThat(end()).isZero();
    }

    @Test
    void run_givenNoBroker_expectsTheCacheToGoOnInTheWorker() {
        CachedFlow flow = FLOW.at(open(settings("127.0.0.1:1").option("cache.share", "fleet"), new Counts())
                .steps());

        for (int query = 0; query < 200; query++) { // more than may wait
            flow.run("query " + query);
        }

        assertThat(searchOf(flow.run("query 0"))).isEqualTo(StepOutcome.CACHED);
        assertThat(flow.runs).hasValue(200);
    }

    private static CachedStep entry(String digest, Instant writtenAt) {
        return CachedStep.newBuilder()
                .setDigest(digest)
                .setFlow("cached")
                .setFlowVersion(1)
                .setStep("search")
                .setValuesJson("{\"hits\":\"some\"}")
                .setWrittenAt(writtenAt)
                .setExpiresAt(writtenAt.plusSeconds(600))
                .build();
    }

    private static JobState state() {
        return JobState.newBuilder()
                .setExecutionId("e")
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }

    private void write(String key, byte @Nullable [] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topics.cache(), key.getBytes(StandardCharsets.UTF_8), value))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private long end() throws Exception {
        TopicPartition partition = new TopicPartition(topics.cache(), 0);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get(30, TimeUnit.SECONDS)
                    .offset();
        }
    }
}
