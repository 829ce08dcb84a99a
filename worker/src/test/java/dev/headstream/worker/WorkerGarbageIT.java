package dev.headstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is no job, or no job that may run, harms no job beside it. */
@Timeout(300)
final class WorkerGarbageIT {
    private static final int EACH = 100;
    private static final long SEED = 20_260_101;

    static TestDeployment deployment;

    @BeforeAll
    static void open() throws IOException {
        deployment = TestDeployment.open(WorkerGarbageIT.class, 4);
    }

    @AfterAll
    static void close() throws IOException {
        deployment.close();
    }

    @Test
    void jobs_givenGarbageBetweenThem_expectsADeadLetterForEachAndAResultForEach() throws Exception {
        List<JobRequested> jobs = deployment.jobs("good", EACH, Duration.ZERO);
        Map<String, byte[]> garbage = sendMixed(jobs);

        deployment.working();
        List<JobResult> results = deployment.awaitResults("good", EACH);
        List<ConsumerRecord<String, byte[]>> deadLetters = awaitDeadLetters(EACH);
        await().atMost(TestDeployment.PATIENCE).until(() -> deployment.lag() == 0);

        assertThat(deployment.results("good"))
                .hasSameSizeAs(results)
                .extracting(JobResult::getJobId)
                .containsExactlyInAnyOrderElementsOf(
                        jobs.stream().map(JobRequested::getJobId).toList());
        assertThat(results).extracting(JobResult::getStatus).containsOnly(JobStatus.SUCCEEDED);
        assertThat(awaitDeadLetters(EACH)).hasSameSizeAs(deadLetters);
        assertThat(deadLetters)
                .extracting(WorkerGarbageIT::origin)
                .containsExactlyInAnyOrderElementsOf(garbage.keySet());
        assertThat(deadLetters).allSatisfy(letter -> {
            assertThat(letter.value()).isEqualTo(garbage.get(origin(letter)));
            assertThat(letter.key()).startsWith("garbage-");
            assertThat(header(letter, "headstream-error-kind")).isIn("UNDECODABLE", "INVALID_EVENT");
            assertThat(header(letter, "headstream-error-message")).hasSizeGreaterThan(10);
            assertThat(header(letter, "headstream-origin-topic"))
                    .isEqualTo(deployment.topics().jobs());
            assertThat(header(letter, "headstream-origin-timestamp")).containsOnlyDigits();
            assertThat(header(letter, "headstream-worker")).isNotBlank();
            assertThat(Instant.parse(header(letter, "headstream-failed-at"))).isBefore(Instant.now());
            assertThat(header(letter, "producer")).as("header of the event").isEqualTo(letter.key());
        });
        assertThat(deadLetters)
                .filteredOn(letter -> header(letter, "headstream-error-kind").equals("INVALID_EVENT"))
                .as("events whose job id breaks the contract")
                .isNotEmpty()
                .allSatisfy(letter ->
                        assertThat(header(letter, "headstream-error-message")).contains("jobId"));
    }

    @Test
    void jobs_givenUnknownFlowAndWrongInputs_expectsRejectionsThatNameEveryProblem() throws Exception {
        JobRequested unknownFlow = JobRequested.newBuilder(TestDeployment.job("rejected-flow", Map.of()))
                .setFlow("vist")
                .build();
        JobRequested wrongInputs = TestDeployment.job(
                "rejected-inputs", Map.of("sitte", deployment.site(), "article", "7", "millis", "soon"));
        JobRequested wrongEvent = JobRequested.newBuilder(TestDeployment.job("rejected-event", Map.of()))
                .setFlow(" ")
                .setMaxAttempts(0)
                .build();
        deployment.send(List.of(unknownFlow, wrongInputs, wrongEvent));

        deployment.working();
        Map<String, JobResult> byJob = new HashMap<>();
        deployment.awaitResults("rejected", 3).forEach(result -> byJob.put(result.getJobId(), result));

        assertThat(byJob.values()).hasSize(3).allSatisfy(result -> {
            assertThat(result.getStatus()).isEqualTo(JobStatus.REJECTED);
            assertThat(result.getError().getKind()).isEqualTo("REJECTED");
            assertThat(result.getAttempts()).isZero();
            assertThat(result.getOutputJson()).isNull();
        });
        assertThat(message(byJob.get("rejected-flow"))).contains("unknown flow 'vist'", "visit");
        assertThat(message(byJob.get("rejected-inputs")))
                .contains("inputs.site: missing")
                .contains("inputs.sitte: unknown")
                .contains("inputs.article: 7 is too small")
                .contains("inputs.millis: 'soon' is not an integer");
        assertThat(message(byJob.get("rejected-event"))).contains("flow is empty", "maxAttempts must be 1 to 100");
    }

    private static String message(JobResult result) {
        return result.getError().getMessage();
    }

    /** Sends jobs and garbage in turn; returns the garbage by its place. */
    private static Map<String, byte[]> sendMixed(List<JobRequested> jobs) throws Exception {
        Map<Future<RecordMetadata>, byte[]> sent = new LinkedHashMap<>();
        String topic = deployment.topics().jobs();
        try (SchemaRegistryClient registry = deployment.deployment().registryClient();
                AvroSerializer<JobRequested> events = new AvroSerializer<>(registry);
                KafkaProducer<String, byte[]> producer = deployment.deployment().producer(new ByteArraySerializer())) {
            List<byte[]> garbage = garbage(events, new Random(SEED));
            for (int i = 0; i < jobs.size(); i++) {
                ProducerRecord<String, byte[]> bad = new ProducerRecord<>(topic, "garbage-" + i, garbage.get(i));
                bad.headers().add("producer", bad.key().getBytes(StandardCharsets.UTF_8));
                sent.put(producer.send(bad), garbage.get(i));
                JobRequested job = jobs.get(i);
                var unused = producer.send(new ProducerRecord<>(topic, job.getJobId(), events.serialize(topic, job)));
            }
        }
        Map<String, byte[]> byPlace = new HashMap<>();
        for (Map.Entry<Future<RecordMetadata>, byte[]> entry : sent.entrySet()) {
            RecordMetadata place = entry.getKey().get(20, TimeUnit.SECONDS);
            byPlace.put(place.partition() + "@" + place.offset(), entry.getValue());
        }
        return byPlace;
    }

    private static List<byte[]> garbage(AvroSerializer<JobRequested> events, Random random) {
        String topic = deployment.topics().jobs();
        byte[] event = events.serialize(
                topic, deployment.jobs("never", 1, Duration.ZERO).get(0));
        byte[] nameless = events.serialize(topic, TestDeployment.job("", Map.of()));
        byte[] overlong = events.serialize(topic, TestDeployment.job("x".repeat(201), Map.of()));
        List<byte[]> garbage = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            byte[] noise = new byte[1 + random.nextInt(300)];
            random.nextBytes(noise);
            garbage.add(
                    switch (i % 9) {
                        case 0 -> null;
                        case 1 -> new byte[0];
                        case 2 -> "{\"jobId\": \"json\", \"flow\": \"visit\"}".getBytes(StandardCharsets.UTF_8);
                        // the wire format with a schema that nobody has registered
                        case 3 ->
                            ByteBuffer.wrap(event.clone())
                                    .putInt(1, 900_000 + i)
                                    .array();
                        case 4 -> Arrays.copyOf(event, 5 + random.nextInt(event.length - 6));
                        case 5 -> nameless;
                        case 6 -> overlong;
                        // the right schema, and noise under it
                        case 7 ->
                            ByteBuffer.allocate(5 + noise.length)
                                    .put(event, 0, 5)
                                    .put(noise)
                                    .array();
                        default -> {
                            noise[0] = (byte) (1 + random.nextInt(255));
                            yield noise;
                        }
                    });
        }
        return garbage;
    }

    private static List<ConsumerRecord<String, byte[]>> awaitDeadLetters(int count) {
        List<ConsumerRecord<String, byte[]>> letters = new ArrayList<>();
        TopicPartition only = new TopicPartition(deployment.topics().deadLetters(), 0);
        try (KafkaConsumer<String, byte[]> consumer = deployment.deployment().consumer()) {
            consumer.assign(List.of(only));
            consumer.seekToBeginning(List.of(only));
            await().atMost(TestDeployment.PATIENCE).pollInSameThread().until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(letters::add);
                return letters.size() >= count
                        && consumer.position(only)
                                >= consumer.endOffsets(List.of(only)).get(only);
            });
        }
        return letters;
    }

    private static String origin(ConsumerRecord<String, byte[]> letter) {
        return header(letter, "headstream-origin-partition") + "@" + header(letter, "headstream-origin-offset");
    }

    private static String header(ConsumerRecord<String, byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
