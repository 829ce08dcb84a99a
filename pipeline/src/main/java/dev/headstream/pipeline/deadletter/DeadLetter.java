package dev.headstream.pipeline.deadletter;

import dev.headstream.pipeline.source.PolledEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * An event that can have no result: its original key, bytes and headers, and headers of ours that say what was wrong
 * and where it came from.
 *
 * @param isWithoutOriginal whether the original is left out, because the broker does not take it
 */
public record DeadLetter(PolledEvent event, Kind kind, String message, boolean isWithoutOriginal) {

    /** What was wrong with it; the names are part of the contract. */
    public enum Kind {
        /** Its bytes are no event in the wire format, or of a schema that nobody knows. */
        UNDECODABLE,
        /** It breaks the contract of events so that not even a REJECTED result could be addressed. */
        INVALID_EVENT
    }

    private static final int MAX_MESSAGE_CHARS = 1_000;

    public DeadLetter(PolledEvent event, Kind kind, String message) {
        this(event, kind, message, false);
    }

    /** The same for a broker that takes no record as large as the original: where to find it, and how large it is. */
    public DeadLetter withoutOriginal() {
        return new DeadLetter(event, kind, message, true);
    }

    /** The record for the dead letter topic. */
    public ProducerRecord<byte[], byte[]> record(String topic, String worker, Instant failedAt) {
        Headers headers = new RecordHeaders();
        if (isWithoutOriginal) {
            byte[] original = event.value();
            add(headers, "headstream-original-omitted-bytes", String.valueOf(original == null ? 0 : original.length));
        } else {
            event.headers().forEach(headers::add);
        }
        add(headers, "headstream-error-kind", kind.name());
        add(headers, "headstream-error-message", message.substring(0, Math.min(message.length(), MAX_MESSAGE_CHARS)));
        add(headers, "headstream-origin-topic", event.partition().topic());
        add(
                headers,
                "headstream-origin-partition",
                String.valueOf(event.partition().partition()));
        add(headers, "headstream-origin-offset", String.valueOf(event.offset()));
        add(headers, "headstream-origin-timestamp", String.valueOf(event.timestamp()));
        add(headers, "headstream-worker", worker);
        add(headers, "headstream-failed-at", failedAt.toString());
        return isWithoutOriginal
                ? new ProducerRecord<>(topic, null, null, null, null, headers)
                : new ProducerRecord<>(topic, null, null, event.key(), event.value(), headers);
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
