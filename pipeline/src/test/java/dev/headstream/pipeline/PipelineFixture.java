package dev.headstream.pipeline;

import static org.awaitility.Awaitility.await;

import dev.headstream.loadgen.stack.EmbeddedKafka;
import dev.headstream.pipeline.commit.DeliveryMode;
import dev.headstream.pipeline.metrics.KnownFlows;
import dev.headstream.pipeline.metrics.PipelineMetrics;
import dev.headstream.pipeline.retry.RetryPolicy;
import dev.headstream.pipeline.source.GroupProtocol;
import dev.headstream.schemas.AvroDeserializer;
import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.InMemorySchemaRegistryClient;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.TopicDefinition;
import dev.headstream.schemas.Topics;
import dev.headstream.schemas.setup.Contracts;
import dev.headstream.v1.CancelRequested;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobState;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** One real broker with fresh topics, and what a producer and a consumer outside the pipeline see. */
final class PipelineFixture implements AutoCloseable {
    private static final EmbeddedKafka KAFKA = EmbeddedKafka.start(EmbeddedKafka.Options.defaults()
            // members learn of a new assignment with a heartbeat, whose interval is the broker's with KIP-848
            .withSetting("group.consumer.heartbeat.interval.ms", "200")
            .withSetting("group.consumer.session.timeout.ms", "6000"));

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(KAFKA::close));
    }

    final Topics topics = Topics.withPrefix("t-" + UUID.randomUUID());
    final SchemaRegistryClient registry;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final String group = topics.jobs() + "-workers";
    final int partitions;
    final GroupProtocol protocol;
    final DeliveryMode delivery;
    Deserializer<CancelRequested> cancels;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Serializer<JobRequested> events;
    private @Nullable KafkaProducer<byte[], byte[]> transactional;
    private final List<Pipeline> pipelines = new ArrayList<>();

    PipelineFixture(int partitions) throws Exception {
        this(partitions, new InMemorySchemaRegistryClient());
    }

    PipelineFixture(int partitions, SchemaRegistryClient registry) throws Exception {
        this(partitions, registry, GroupProtocol.CLASSIC, DeliveryMode.EXACTLY_ONCE);
    }

    PipelineFixture(int partitions, GroupProtocol protocol, DeliveryMode delivery) throws Exception {
        this(partitions, new InMemorySchemaRegistryClient(), protocol, delivery);
    }

    private PipelineFixture(
            int partitions, SchemaRegistryClient registry, GroupProtocol protocol, DeliveryMode delivery)
            throws Exception {
        this.partitions = partitions;
        this.protocol = protocol;
        this.delivery = delivery;
        this.registry = registry;
        this.events = new AvroSerializer<>(registry);
        this.cancels = new AvroDeserializer<>(CancelRequested.class, registry);
        new Contracts(registry).register(topics); // the same ids in every process
        try (Admin admin = Admin.create(client())) {
            List<NewTopic> wanted = new ArrayList<>();
            for (TopicDefinition topic : topics.definitions(partitions, (short) 1)) {
                wanted.add(new NewTopic(topic.name(), topic.partitions(), topic.replicationFactor())
                        .configs(topic.configs()));
            }
            admin.createTopics(wanted).all().get();
            awaitLeader(admin, topics.jobs());
        }
        this.producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, KAFKA.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Until then an idempotent producer's first batches are refused in any order, and it may never get over that. */
    private void awaitLeader(Admin admin, String topic) {
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        for (int p = 0; p < partitions; p++) {
            all.put(new TopicPartition(topic, p), OffsetSpec.latest());
        }
        await().ignoreExceptions()
                .until(() -> admin.listOffsets(all).all().get().size() == partitions);
    }

    /** Changes settings of a topic. */
    void configure(String topic, Map<String, String> settings) throws Exception {
        List<AlterConfigOp> changes = settings.entrySet().stream()
                .map(entry ->
                        new AlterConfigOp(new ConfigEntry(entry.getKey(), entry.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        try (Admin admin = Admin.create(client())) {
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), changes))
                    .all()
                    .get();
        }
    }

    Map<String, Object> client() {
        return Map.of("bootstrap.servers", KAFKA.bootstrap());
    }

    static JobRequested job(String id) {
        return JobRequested.newBuilder()
                .setJobId(id)
                .setFlow("test")
                .setSubmittedAt(Instant.now())
                .build();
    }

    void submit(JobRequested... jobs) throws Exception {
        for (JobRequested job : jobs) {
            String key = job.getSessionKey() == null ? job.getJobId() : job.getSessionKey();
            submitBytes(key, events.serialize(topics.jobs(), job));
        }
    }

    void submit(int count, String prefix) throws Exception {
        for (int i = 0; i < count; i++) {
            var unused = producer.send(new ProducerRecord<>(
                    topics.jobs(), bytes(prefix + i), events.serialize(topics.jobs(), job(prefix + i))));
        }
        producer.flush();
    }

    void submitBytes(String key, byte[] value) throws Exception {
        producer.send(new ProducerRecord<>(topics.jobs(), bytes(key), value)).get();
    }

    /** Sends jobs to one partition in a transaction that is committed, or not. */
    void submitInTransaction(int partition, boolean commit, JobRequested... jobs) {
        KafkaProducer<byte[], byte[]> sender = transactional();
        sender.beginTransaction();
        for (JobRequested job : jobs) {
            var unused = sender.send(new ProducerRecord<>(
                    topics.jobs(), partition, bytes(job.getJobId()), events.serialize(topics.jobs(), job)));
        }
        sender.flush();
        if (commit) {
            sender.commitTransaction();
        } else {
            sender.abortTransaction();
        }
    }

    /** Opens a transaction with an offset of the group; committed when the result is subscribed to. */
    @SuppressWarnings("removal") // only consumers can make group metadata otherwise
    Mono<Void> pendingOffset(int partition, long offset) {
        KafkaProducer<byte[], byte[]> sender = transactional();
        sender.beginTransaction();
        Map<String, Object> outsider = new HashMap<>(client());
        outsider.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(outsider, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            sender.sendOffsetsToTransaction(
                    Map.of(new TopicPartition(topics.jobs(), partition), new OffsetAndMetadata(offset)),
                    consumer.groupMetadata());
        }
        return Mono.fromRunnable(sender::commitTransaction);
    }

    private KafkaProducer<byte[], byte[]> transactional() {
        KafkaProducer<byte[], byte[]> current = transactional;
        if (current == null) {
            Map<String, Object> properties = new HashMap<>(client());
            properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topics.jobs());
            current = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
            current.initTransactions();
            transactional = current;
        }
        return current;
    }

    /** Asks for the execution of the events that are there now, as the command does. */
    void cancel(String executionId, String reason) throws Exception {
        List<Long> ends = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (int p = 0; p < partitions; p++) {
                TopicPartition partition = new TopicPartition(topics.jobs(), p);
                ends.add(consumer.endOffsets(List.of(partition)).get(partition));
            }
        }
        CancelRequested request = CancelRequested.newBuilder()
                .setExecutionId(executionId)
                .setReason(reason)
                .setJobsEnd(ends)
                .setRequestedAt(Instant.now())
                .build();
        byte[] value = new AvroSerializer<CancelRequested>(registry).serialize(topics.cancellations(), request);
        producer.send(new ProducerRecord<>(topics.cancellations(), bytes(executionId), value))
                .get();
    }

    Pipeline start(JobHandler handler) {
        return start(handler, c -> c);
    }

    /** A worker whose Kafka clients have these settings besides. */
    Pipeline startWith(JobHandler handler, Map<String, Object> settings) {
        Map<String, Object> client = new HashMap<>(client());
        client.putAll(settings);
        return start(handler, client, c -> c, EventScope.live());
    }

    Pipeline start(JobHandler handler, UnaryOperator<PipelineConfig> change) {
        return start(handler, client(), change, EventScope.live());
    }

    Pipeline start(JobHandler handler, UnaryOperator<PipelineConfig> change, EventScope scope) {
        return start(handler, client(), change, scope);
    }

    private Pipeline start(
            JobHandler handler, Map<String, Object> client, UnaryOperator<PipelineConfig> change, EventScope scope) {
        PipelineConfig defaults = PipelineConfig.defaults(client, topics, group, "worker-" + pipelines.size());
        PipelineConfig config = new PipelineConfig(
                defaults.client(),
                topics,
                group,
                protocol,
                delivery,
                defaults.worker(),
                Duration.ofMillis(20),
                Duration.ofSeconds(20),
                Duration.ofSeconds(2),
                new RetryPolicy(Duration.ofMillis(50), Duration.ofMillis(200), 0.2, 3),
                1_000,
                900_000,
                null);
        Pipeline pipeline = new Pipeline(
                change.apply(config),
                new PipelineSerdes(
                        new AvroDeserializer<>(JobRequested.class, registry),
                        new AvroSerializer<>(registry),
                        new AvroSerializer<>(registry),
                        new AvroDeserializer<>(JobState.class, registry),
                        cancels),
                handler,
                new PipelineMetrics(meters, KnownFlows.none()),
                Clock.systemUTC(),
                scope);
        pipelines.add(pipeline);
        pipeline.start();
        return pipeline;
    }

    /** All results that a {@code read_committed} reader sees now. */
    List<JobResult> results() {
        AvroDeserializer<JobResult> decoder = new AvroDeserializer<>(JobResult.class, registry);
        return records(topics.results()).stream()
                .map(r -> decoder.deserialize(r.topic(), r.headers(), r.value()))
                .toList();
    }

    List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        Map<String, Object> properties = new HashMap<>(client());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /** The committed offset of a partition of the jobs topic. */
    Optional<OffsetAndMetadata> committed(int partition) throws Exception {
        try (Admin admin = Admin.create(client())) {
            return Optional.ofNullable(admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(new TopicPartition(topics.jobs(), partition)));
        }
    }

    /** Events behind the committed offsets of all partitions. */
    long lag() throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            long lag = 0;
            for (int p = 0; p < partitions; p++) {
                TopicPartition partition = new TopicPartition(topics.jobs(), p);
                long end = consumer.endOffsets(List.of(partition)).get(partition);
                lag += end - committed(p).map(OffsetAndMetadata::offset).orElse(0L);
            }
            return lag;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A handler of the given concurrency made of a function. */
    static JobHandler handler(int concurrency, java.util.function.Function<Job, Mono<Outcome>> work) {
        return new JobHandler() {
            @Override
            public Mono<Outcome> handle(Job job) {
                return work.apply(job);
            }

            @Override
            public int concurrency() {
                return concurrency;
            }
        };
    }

    static Outcome succeeded() {
        return new Outcome.Succeeded("{}", Outcome.Trace.NONE);
    }

    @Override
    public void close() throws Exception {
        for (Pipeline pipeline : pipelines) {
            pipeline.close();
        }
        producer.close(Duration.ZERO);
        if (transactional != null) {
            transactional.close(Duration.ZERO);
        }
    }

    static Stream<String> ids(List<JobResult> results) {
        return results.stream().map(JobResult::getExecutionId);
    }
}
