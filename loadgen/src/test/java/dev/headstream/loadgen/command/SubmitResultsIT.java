package dev.headstream.loadgen.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.Text;
import dev.headstream.loadgen.results.SampleResults;
import dev.headstream.loadgen.stack.TestKafka;
import dev.headstream.schemas.AvroDeserializer;
import dev.headstream.schemas.AvroSerializer;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.Topics;
import dev.headstream.v1.CancelRequested;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a real broker and registry; a thread of the test answers in a worker's place. */
@Timeout(120)
final class SubmitResultsIT {
    private static final TestKafka KAFKA = TestKafka.shared();

    private final Topics topics = KAFKA.topics(SubmitResultsIT.class, 2);
    private final Deployment deployment = new Deployment(KAFKA.bootstrap(), KAFKA.registryUrl(), topics, Map.of());
    private final SchemaRegistryClient registry = deployment.registryClient();
    private final KafkaProducer<String, JobResult> results = new KafkaProducer<>(
            Map.of("bootstrap.servers", KAFKA.bootstrap(), "transactional.id", topics.results()),
            new StringSerializer(),
            new AvroSerializer<>(registry));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @BeforeEach
    void open() {
        results.initTransactions();
    }

    @AfterEach
    void close() {
        results.close(Duration.ofSeconds(5));
        registry.close();
    }

    @Test
    void submit_givenOneJob_expectsTheEventKeyedByItsIdAndTheIdPrinted() {
        Captured ended = command("submit", "order", "--job-id", "a-1", "--input", "query=red shoes", "--test-record");

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out()).isEqualTo("a-1\n");
        List<Event> events = events(1);
        assertThat(events.get(0).key()).isEqualTo("a-1");
        assertThat(events.get(0).job().getFlow()).isEqualTo("order");
        assertThat(events.get(0).job().getInputs()).isEqualTo(Map.of("query", "red shoes"));
        assertThat(events.get(0).job().getTestRecord()).isTrue();
    }

    @Test
    void submit_givenCsvOnStandardInput_expectsEventsKeyedBySessionKey() {
        Captured ended = Captured.runWithInput(
                "jobId,query,sessionKey\na-1,shoes,s\na-2,hats,s\na-3,coats,\n",
                arguments("submit", "f", "--csv", "-"));

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.err()).contains("sent 3 jobs to " + topics.jobs());
        assertThat(events(3).stream().map(Event::key)).containsExactlyInAnyOrder("s", "s", "a-3");
    }

    @Test
    void submit_givenOneBadLineAmongGoodOnes_expectsNothingSent() throws Exception {
        Path file = Files.writeString(folder.resolve("jobs.jsonl"), "{\"jobId\":\"a\"}\n{\"jobId\":\"\"}\n");

        Captured bad = command("submit", "f", "--jsonl", file.toString());
        Captured good = command("submit", "f", "--job-id", "after");

        assertThat(bad.exitCode()).isEqualTo(65);
        assertThat(good.exitCode()).isZero();
        assertThat(events(1).get(0).key()).isEqualTo("after");
    }

    @Test
    void submit_givenWaitAndAllSucceeded_expectsResultsAsJsonLinesAnd0() throws Exception {
        CompletableFuture<Void> worker = answerInBackground(2, false);

        Captured ended = Captured.runWithInput(
                "query\nshoes\nhats\n",
                arguments("submit", "f", "--csv", "-", "--wait", "--timeout", "60s", "--format", "jsonl"));

        worker.join();
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.outLines()).hasSize(2);
        JsonNode first = new ObjectMapper().readTree(ended.outLines().get(0));
        assertThat(first.path("status").asText()).isEqualTo("SUCCEEDED");
        assertThat(first.path("output").path("total").asText()).isEqualTo("12.50");
        assertThat(ended.err()).contains("2 of 2 jobs succeeded");
    }

    @Test
    void submit_givenWaitAndFailure_expectsTableAnd1() {
        CompletableFuture<Void> worker = answerInBackground(1, true);

        Captured ended = command("submit", "f", "--wait", "--timeout", "60s");

        worker.join();
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.out()).contains("FAILED", "ACTION_TIMEOUT");
        assertThat(ended.err()).contains("0 of 1 job succeeded");
    }

    @Test
    void submit_givenWaitForJobThatRanBefore_expectsItsResult() {
        publish(true, SampleResults.succeeded("again", 900));

        Captured ended = command("submit", "f", "--job-id", "again", "--wait", "--timeout", "60s");

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("again", "SUCCEEDED");
    }

    @Test
    void submit_givenWaitAndNoWorker_expects1AndAHint() {
        Captured ended = command("submit", "f", "--job-id", "lonely", "--wait", "--timeout", "1s");

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err()).contains("no result within 1.0 s for 1 job", "lonely", "is a worker running");
    }

    @Test
    void results_givenCommittedAndAborted_expectsOnlyTheCommitted() {
        publish(true, SampleResults.succeeded("a-1", 900), SampleResults.failed("a-2"));
        publish(false, SampleResults.succeeded("never", 900));

        Captured all = command("results");
        Captured failed = command("results", "--status", "failed,timed_out", "--format", "jsonl");

        assertThat(all.exitCode()).as(all.err()).isZero();
        assertThat(all.out()).contains("a-1", "a-2").doesNotContain("never");
        assertThat(all.outLines()).hasSize(3).allMatch(line -> Text.width(line) <= 100);
        assertThat(failed.outLines()).singleElement().asString().contains("\"jobId\":\"a-2\"");
    }

    @Test
    void results_givenJob_expectsItInFullOr1() {
        publish(true, SampleResults.succeeded("a-1", 900));

        Captured found = command("results", "--job", "a-1");
        Captured missing = command("results", "--job", "a-9");

        assertThat(found.exitCode()).isZero();
        assertThat(found.out()).contains("a-1  SUCCEEDED", "search", "900 ms", "\"total\" : \"12.50\"");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("no result for job a-9");
    }

    @Test
    void results_givenFollowOfAJob_expectsTheEndWithItsResult() {
        CompletableFuture<Captured> following =
                CompletableFuture.supplyAsync(() -> command("results", "--follow", "--job", "late"));
        publish(true, SampleResults.succeeded("other", 900));
        publish(true, SampleResults.succeeded("late", 900));

        assertThat(following.join().out()).contains("late  SUCCEEDED").doesNotContain("other");
    }

    @Test
    void cancel_givenJobThatHadEnded_expectsItsResultToStandAnd1() {
        publish(true, SampleResults.succeeded("over", 900));

        Captured ended = command("cancel", "over", "--reason", "too late");

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(1);
        assertThat(ended.out()).contains("over had ended before: SUCCEEDED at 2026-01-31T09:00:10Z");
    }

    @Test
    void cancel_givenJobWithoutResult_expectsTheCancelOfWhatIsThereNow() {
        command("submit", "f", "--job-id", "open");

        Captured ended = command("cancel", "open", "--reason", "changed my mind", "--timeout", "1s");

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("asked for: open", "no result of it after 1.0 s");
        try (KafkaConsumer<String, byte[]> consumer = deployment.consumer()) {
            TopicPartition partition = new TopicPartition(topics.cancellations(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            ConsumerRecord<String, byte[]> record =
                    consumer.poll(Duration.ofSeconds(30)).iterator().next();
            CancelRequested request =
                    new AvroDeserializer<>(CancelRequested.class, registry).decode(record.topic(), record.value());
            assertThat(record.key()).isEqualTo("open");
            assertThat(request.getReason()).isEqualTo("changed my mind");
            assertThat(request.getJobsEnd()).hasSize(2).contains(1L, 0L);
        }
    }

    @Test
    void audit_givenJobWithoutResult_expectsTableJsonAnd1() throws Exception {
        Path report = folder.resolve("audit.json");
        command("submit", "f", "--job-id", "open");

        Captured ended = command("audit", "--settle", "1s", "--json", report.toString());

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(1);
        assertThat(ended.out()).contains("A  one terminal record per execution", "broken", "open has none");
        JsonNode json = new ObjectMapper().readTree(Files.readString(report));
        assertThat(json.path("holds").asBoolean(true)).isFalse();
        assertThat(json.path("findings").size()).isEqualTo(7);
    }

    @Test
    void topics_givenFreshPrefix_expectsMissingThenCreatedThenAsItShouldBe() {
        String prefix = TestKafka.uniqueName(SubmitResultsIT.class);
        String[] here = {"--prefix", prefix, "--bootstrap", KAFKA.bootstrap(), "--registry", KAFKA.registryUrl()};

        Captured before = Captured.run(with(here, "topics", "describe"));
        Captured create = Captured.run(with(here, "topics", "create", "--partitions", "3"));
        Captured after = Captured.run(with(here, "topics", "describe"));

        assertThat(before.exitCode()).isEqualTo(1);
        assertThat(before.out()).contains("missing");
        assertThat(create.exitCode()).as(create.err()).isZero();
        assertThat(create.out()).contains(prefix + ".jobs", "created", prefix + ".results-value");
        assertThat(after.exitCode()).isZero();
        assertThat(after.out()).contains("as it should be").doesNotContain("missing");
    }

    @Test
    void submit_givenNoTopicOfThatPrefix_expects69AndWhatToDo() {
        Captured ended = Captured.run("submit", "f", "--prefix", "nobody", "--bootstrap", KAFKA.bootstrap());

        assertThat(ended.exitCode()).isEqualTo(69);
        assertThat(ended.err()).contains("there is no topic nobody.jobs").contains("headstream topics create");
    }

    @Test
    void submit_givenNoBroker_expects69InBoundedTime() {
        long start = System.nanoTime();

        Captured ended = Captured.run("submit", "f", "--bootstrap", "127.0.0.1:1", "--connect-timeout", "2s");

        assertThat(ended.exitCode()).isEqualTo(69);
        assertThat(ended.err()).startsWith("headstream: no Kafka broker answered at 127.0.0.1:1 within 2.0 s");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    private Captured command(String... arguments) {
        return Captured.run(arguments(arguments));
    }

    private String[] arguments(String... arguments) {
        String prefix = topics.jobs().substring(0, topics.jobs().lastIndexOf('.'));
        return with(arguments, "--prefix", prefix, "--bootstrap", KAFKA.bootstrap(), "--registry", KAFKA.registryUrl());
    }

    /** The command first, whichever way round they are given. */
    private static String[] with(String[] some, String... more) {
        boolean optionsFirst = some[0].startsWith("--");
        return Stream.concat(Arrays.stream(optionsFirst ? more : some), Arrays.stream(optionsFirst ? some : more))
                .toArray(String[]::new);
    }

    private List<Event> events(int count) {
        AvroDeserializer<JobRequested> deserializer = new AvroDeserializer<>(JobRequested.class, registry);
        List<Event> events = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = deployment.consumer()) {
            assignJobs(consumer);
            while (events.size() < count) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    events.add(new Event(
                            record.key(),
                            Objects.requireNonNull(deserializer.deserialize(record.topic(), record.value()))));
                }
            }
        }
        assertThat(events).hasSize(count);
        return events;
    }

    private CompletableFuture<Void> answerInBackground(int count, boolean fails) {
        return CompletableFuture.runAsync(() -> events(count).forEach(event -> {
            String id = event.job().getJobId();
            publish(true, fails ? SampleResults.failed(id) : SampleResults.succeeded(id, 900));
        }));
    }

    private void assignJobs(KafkaConsumer<String, byte[]> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(topics.jobs()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    private void publish(boolean commit, JobResult... records) {
        results.beginTransaction();
        for (JobResult record : records) {
            var unused = results.send(new ProducerRecord<>(topics.results(), record.getJobId(), record));
        }
        results.flush();
        if (commit) {
            results.commitTransaction();
        } else {
            results.abortTransaction();
        }
    }

    private record Event(String key, JobRequested job) {}
}
