package dev.headstream.loadgen.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.stack.TestKafka;
import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.Topics;
import dev.headstream.v1.CompletedStep;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobState;
import dev.headstream.v1.JobStatus;
import dev.headstream.v1.SourcePosition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics written by hand on a real broker, as workers would and as they must not. */
@Timeout(120)
final class DeliveryAuditIT {
    private static final TestKafka KAFKA = TestKafka.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Topics topics = KAFKA.topics(DeliveryAuditIT.class, 2);
    private final String group = topics.jobs() + "-workers";
    private final Deployment deployment = new Deployment(KAFKA.bootstrap(), KAFKA.registryUrl(), topics, Map.of());
    private final SchemaRegistryClient registry = deployment.registryClient();
    private final KafkaProducer<String, byte[]> submitter = producer(Map.of());
    private final KafkaProducer<String, byte[]> worker = producer(Map.of("transactional.id", topics.results()));
    private final List<Submission> ledger = new ArrayList<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    @BeforeEach
    void open() {
        worker.initTransactions();
    }

    @AfterEach
    void close() {
        submitter.close(Duration.ZERO);
        worker.close(Duration.ZERO);
        registry.close();
    }

    @Test
    void run_givenGoodHistory_expectsAllToHold() throws Exception {
        goodHistory();

        AuditReport byLedger = audit(DeliveryAudit.Options.of(group).withSubmissions(ledger));
        AuditReport byEvents = audit(DeliveryAudit.Options.of(group));

        assertThat(byLedger.findings()).allMatch(Finding::holds);
        assertThat(byLedger.read()).isEqualTo(new AuditReport.Read(21, 22, 20, 1, 2, 2));
        assertThat(byEvents.findings()).allMatch(Finding::holds);
        assertThat(byEvents.of(Invariant.ONE_TERMINAL_RECORD).checked()).isEqualTo(21);
        assertThat(byEvents.of(Invariant.CHECKPOINTED_STEPS).checked()).isEqualTo(1);
    }

    @Test
    void run_givenDuplicateResultAndLostJob_expectsBothFound() throws Exception {
        goodHistory();
        RecordMetadata again = submit("twice");
        RecordMetadata lost = submit("lost");
        commit(result("twice", again));
        commit(result("twice", again));
        commitOffsets();

        AuditReport report = audit(DeliveryAudit.Options.of(group).withSubmissions(ledger));

        assertThat(report.of(Invariant.ONE_TERMINAL_RECORD).breaches()).isEqualTo(2);
        assertThat(report.of(Invariant.ONE_TERMINAL_RECORD).examples())
                .anyMatch(words -> words.startsWith("twice has 2 terminal records"))
                .anyMatch(words -> words.startsWith(
                        "lost has none, its event is at partition " + lost.partition() + " offset " + lost.offset()));
        assertThat(report.of(Invariant.WATERMARK).breaches()).isEqualTo(1);
        assertThat(report.of(Invariant.NOTHING_SKIPPED).holds())
                .as("its event did arrive")
                .isTrue();
        assertThat(report.of(Invariant.LAG).holds()).isTrue();
    }

    @Test
    void run_givenNothingCommitted_expectsLag() throws Exception {
        commit(result("a", submit("a")));

        AuditReport report = audit(DeliveryAudit.Options.of(group));

        assertThat(report.of(Invariant.LAG).breaches()).isEqualTo(1);
        assertThat(report.of(Invariant.ONE_TERMINAL_RECORD).holds()).isTrue();
    }

    @Test
    void run_givenTransactionLeftOpen_expectsItFoundUntilItEnds() throws Exception {
        RecordMetadata event = submit("a");
        commitOffsets();
        worker.beginTransaction();
        worker.send(result("a", event)).get();

        AuditReport open = audit(DeliveryAudit.Options.of(group).withSettle(Duration.ZERO));
        worker.commitTransaction();
        AuditReport ended = audit(DeliveryAudit.Options.of(group));

        assertThat(open.of(Invariant.OPEN_TRANSACTIONS).examples())
                .anyMatch(words -> words.startsWith(topics.results()))
                .anyMatch(words -> words.contains("transactional.id " + topics.results()));
        assertThat(open.of(Invariant.ONE_TERMINAL_RECORD).examples())
                .as("an open transaction's result is none")
                .singleElement()
                .asString()
                .startsWith("a has none");
        assertThat(ended.findings()).allMatch(Finding::holds);
    }

    /** 20 jobs, one of them sent twice, an undecodable event, a checkpoint, and an aborted second result. */
    private void goodHistory() throws Exception {
        List<ProducerRecord<String, byte[]>> ends = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RecordMetadata event = submit("job-" + i);
            ends.add(result("job-" + i, event));
            if (i == 7) {
                send("job-7", event(i));
                commit(state("job-7", event, null));
                ends.add(state("job-7", event, "SUCCEEDED"));
            }
        }
        RecordMetadata poison = send("poison", new byte[] {9, 9});
        ledger.add(Submission.live("poison", null, Instant.now()));
        ends.add(deadLetter(poison));
        worker.beginTransaction();
        worker.send(ends.get(0)).get();
        worker.abortTransaction();
        commit(ends);
        commitOffsets();
    }

    private AuditReport audit(DeliveryAudit.Options options) {
        return DeliveryAudit.run(deployment, options, PATIENCE);
    }

    private RecordMetadata submit(String jobId) throws Exception {
        ledger.add(Submission.live(jobId, null, Instant.now()));
        return send(jobId, bytes(topics.jobs(), job(jobId)));
    }

    private byte[] event(int number) {
        return bytes(topics.jobs(), job("job-" + number));
    }

    private static JobRequested job(String jobId) {
        return JobRequested.newBuilder()
                .setJobId(jobId)
                .setFlow("f")
                .setSubmittedAt(Instant.now())
                .build();
    }

    private RecordMetadata send(String key, byte[] value) throws Exception {
        RecordMetadata sent =
                submitter.send(new ProducerRecord<>(topics.jobs(), key, value)).get();
        ends.merge(new TopicPartition(topics.jobs(), sent.partition()), sent.offset() + 1, Math::max);
        return sent;
    }

    private ProducerRecord<String, byte[]> result(String jobId, RecordMetadata event) {
        JobResult result = JobResult.newBuilder()
                .setJobId(jobId)
                .setExecutionId(jobId)
                .setReplayId(null)
                .setFlow("f")
                .setStatus(JobStatus.SUCCEEDED)
                .setOutputJson("{}")
                .setSource(new SourcePosition(topics.jobs(), event.partition(), event.offset()))
                .setCompletedAt(Instant.now())
                .build();
        return new ProducerRecord<>(topics.results(), jobId, bytes(topics.results(), result));
    }

    private ProducerRecord<String, byte[]> state(String jobId, RecordMetadata event, @Nullable String done) {
        JobState state = JobState.newBuilder()
                .setExecutionId(jobId)
                .setSourceOffset(event.offset())
                .setFlow("f")
                .setFlowVersion(1)
                .setSteps(done == null ? List.of(new CompletedStep("login", "{}", Instant.now(), 5L, 0L)) : List.of())
                .setDone(done)
                .setUpdatedAt(Instant.now())
                .build();
        return new ProducerRecord<>(topics.state(), event.partition(), jobId, bytes(topics.state(), state));
    }

    private ProducerRecord<String, byte[]> deadLetter(RecordMetadata event) {
        RecordHeaders headers = new RecordHeaders();
        Map.of(
                        "headstream-origin-topic", topics.jobs(),
                        "headstream-origin-partition", String.valueOf(event.partition()),
                        "headstream-origin-offset", String.valueOf(event.offset()))
                .forEach((name, value) -> headers.add(name, value.getBytes(StandardCharsets.UTF_8)));
        return new ProducerRecord<>(topics.deadLetters(), null, null, "poison", new byte[] {9, 9}, headers);
    }

    private void commit(ProducerRecord<String, byte[]> record) throws Exception {
        commit(List.of(record));
    }

    private void commit(List<ProducerRecord<String, byte[]>> records) throws Exception {
        worker.beginTransaction();
        for (ProducerRecord<String, byte[]> record : records) {
            worker.send(record).get();
        }
        worker.commitTransaction();
    }

    private void commitOffsets() throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        ends.forEach((partition, end) -> offsets.put(partition, new OffsetAndMetadata(end)));
        try (Admin admin = deployment.admin(PATIENCE)) {
            admin.alterConsumerGroupOffsets(group, offsets).all().get();
        }
    }

    private <T extends SpecificRecord> byte[] bytes(String topic, T record) {
        try (AvroSerializer<T> serializer = new AvroSerializer<>(registry)) {
            return serializer.serialize(topic, record);
        }
    }

    private static KafkaProducer<String, byte[]> producer(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", KAFKA.bootstrap());
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }
}
