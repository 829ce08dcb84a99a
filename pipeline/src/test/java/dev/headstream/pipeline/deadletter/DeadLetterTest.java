package dev.headstream.pipeline.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.pipeline.source.PolledEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DeadLetterTest {
    private static final Instant FAILED_AT = Instant.parse("2026-01-31T09:00:00Z");
    private static final byte[] POISON = {7, 0, (byte) 0xFF};

    @Test
    void record_givenEvent_expectsItsBytesAndWhereItCameFrom() {
        Headers original = new RecordHeaders().add("traceparent", bytes("00-abc"));

        ProducerRecord<byte[], byte[]> record = record(event(bytes("key"), POISON, original), "bad magic byte 7");

        assertThat(record.topic()).isEqualTo("dead");
        assertThat(record.partition()).isNull();
        assertThat(record.key()).isEqualTo(bytes("key"));
        assertThat(record.value()).isEqualTo(POISON);
        assertThat(texts(record.headers()))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "traceparent", "00-abc",
                        "headstream-error-kind", "UNDECODABLE",
                        "headstream-error-message", "bad magic byte 7",
                        "headstream-origin-topic", "jobs",
                        "headstream-origin-partition", "3",
                        "headstream-origin-offset", "42",
                        "headstream-origin-timestamp", "1700000000000",
                        "headstream-worker", "w-1",
                        "headstream-failed-at", "2026-01-31T09:00:00Z"));
        assertThat(original).as("the event is left as it was").hasSize(1);
    }

    @Test
    void record_givenNoKeyAndNoValue_expectsNone() {
        ProducerRecord<byte[], byte[]> record = record(event(null, null, new RecordHeaders()), "no value");

        assertThat(record.key()).isNull();
        assertThat(record.value()).isNull();
    }

    @Test
    void record_givenLongMessage_expectsItCut() {
        ProducerRecord<byte[], byte[]> record = record(event(null, POISON, new RecordHeaders()), "x".repeat(5_000));

        assertThat(texts(record.headers()).get("headstream-error-message")).hasSize(1_000);
    }

    private static ProducerRecord<byte[], byte[]> record(PolledEvent event, String message) {
        return new DeadLetter(event, DeadLetter.Kind.UNDECODABLE, message).record("dead", "w-1", FAILED_AT);
    }

    private static PolledEvent event(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return new PolledEvent(new TopicPartition("jobs", 3), 1, 42, 1_700_000_000_000L, key, value, headers);
    }

    private static Map<String, String> texts(Headers headers) {
        Map<String, String> texts = new HashMap<>();
        headers.forEach(header -> texts.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return texts;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
