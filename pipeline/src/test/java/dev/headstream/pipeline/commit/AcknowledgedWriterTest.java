package dev.headstream.pipeline.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.pipeline.source.Ownership;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What reaches the broker, in which order, and what a failure leaves. */
@SuppressWarnings("removal") // the metadata of a group has no other maker
final class AcknowledgedWriterTest {
    private static final TopicPartition P0 = new TopicPartition("jobs", 0);
    private static final Ownership OWNED = new Ownership(Map.of(P0, 1L), new ConsumerGroupMetadata("g"));
    private static final Map<TopicPartition, OffsetAndMetadata> POINTS = Map.of(P0, new OffsetAndMetadata(2));

    /** What the broker has acknowledged, in order; offsets among it. */
    private final List<String> durable = new ArrayList<>();
    /** The failures of the sends to come, by value of the record; each is used once. */
    private final Map<String, RuntimeException> failures = new HashMap<>();

    private final List<KafkaException> refusedCommits = new ArrayList<>();
    private int producers;
    private final AcknowledgedWriter writer = new AcknowledgedWriter(this::producer, (offsets, owned) -> {
        if (!refusedCommits.isEmpty()) {
            throw refusedCommits.remove(0);
        }
        durable.add("offsets");
    });

    @Test
    void write_givenResultsAndMarks_expectsAllResultsThenAllMarksThenTheOffsets() throws Exception {
        assertThat(write(entry("result a", "mark a"), entry("result b", "mark b")))
                .isInstanceOf(BatchResult.Committed.class);

        assertThat(durable).containsExactly("result a", "result b", "mark a", "mark b", "offsets");
    }

    @Test
    void write_givenAResultThatFails_expectsNoMarkAndNoOffsets() throws Exception {
        failures.put("result b", new TimeoutException("late"));

        assertThat(write(entry("result a", "mark a"), entry("result b", "mark b")))
                .isInstanceOf(BatchResult.Aborted.class);

        assertThat(durable).containsExactly("result a");
        assertThat(producers).as("a timeout breaks no producer").isEqualTo(1);
    }

    @Test
    void write_givenAnotherTry_expectsOnlyWhatIsMissing() throws Exception {
        CommitEntry a = entry("result a", "mark a");
        CommitEntry b = entry("result b", "mark b");
        failures.put("result b", new TimeoutException("late"));
        write(a, b);

        assertThat(write(a, b)).isInstanceOf(BatchResult.Committed.class);

        assertThat(durable).containsExactly("result a", "result b", "mark a", "mark b", "offsets");
    }

    @Test
    void write_givenOffsetsThatAreRefused_expectsAnotherTryToWriteNoRecordAgain() throws Exception {
        CommitEntry a = entry("result a", "mark a");
        refusedCommits.add(new CommitFailedException("rebalancing"));
        assertThat(write(a)).isInstanceOf(BatchResult.Aborted.class);

        assertThat(write(a)).isInstanceOf(BatchResult.Committed.class);

        assertThat(durable).containsExactly("result a", "mark a", "offsets");
        assertThat(producers).isEqualTo(1);
    }

    @Test
    void write_givenAnEntryOfAKeyThatFails_expectsTheYoungerOnesOfTheKeyAfterItAgain() throws Exception {
        CommitEntry one = new CommitEntry(P0, 1, OptionalLong.empty(), List.of(record("k", "one")), false, ignored());
        CommitEntry two = new CommitEntry(P0, 1, OptionalLong.empty(), List.of(record("k", "two")), false, ignored());
        failures.put("one", new TimeoutException("late"));
        write(one, two);

        write(one, two);

        assertThat(durable).as("the youngest state stands last").containsExactly("two", "one", "two", "offsets");
    }

    @Test
    void write_givenATooLargeRecord_expectsARefusal() throws Exception {
        failures.put("result a", new RecordTooLargeException("2 MB"));

        assertThat(write(entry("result a", "mark a"))).isInstanceOf(BatchResult.Refused.class);
    }

    @Test
    void write_givenABrokenProducer_expectsANewOne() throws Exception {
        CommitEntry a = entry("result a", "mark a");
        failures.put("result a", new OutOfOrderSequenceException("broken"));
        assertThat(write(a)).isInstanceOf(BatchResult.Aborted.class);

        assertThat(write(a)).isInstanceOf(BatchResult.Committed.class);

        assertThat(producers).isEqualTo(2);
    }

    private BatchResult write(CommitEntry... entries) throws InterruptedException {
        return writer.write(List.of(entries), POINTS, OWNED);
    }

    private static CommitEntry entry(String... values) {
        return new CommitEntry(
                P0,
                1,
                OptionalLong.of(1),
                Stream.of(values).map(value -> record(value, value)).toList(),
                false,
                ignored());
    }

    private static CommitEntry.Settled ignored() {
        return CommitEntry.Settled.IGNORED;
    }

    private static ProducerRecord<byte[], byte[]> record(String key, String value) {
        return new ProducerRecord<>(
                "topic", 0, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }

    private Producer<byte[], byte[]> producer() {
        producers++;
        return new MockProducer<byte[], byte[]>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
            @Override
            public synchronized java.util.concurrent.Future<RecordMetadata> send(
                    ProducerRecord<byte[], byte[]> record, Callback callback) {
                String value = new String(record.value(), StandardCharsets.UTF_8);
                RuntimeException failure = failures.remove(value);
                if (failure != null) {
                    return java.util.concurrent.CompletableFuture.failedFuture(failure);
                }
                durable.add(value);
                return super.send(record, callback);
            }
        };
    }
}
