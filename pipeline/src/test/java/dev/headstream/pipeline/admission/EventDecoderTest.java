package dev.headstream.pipeline.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.pipeline.source.PolledEvent;
import dev.headstream.schemas.MalformedRecordException;
import dev.headstream.schemas.SchemaRegistryException;
import dev.headstream.schemas.SchemaRegistryUnavailableException;
import dev.headstream.v1.JobRequested;
import java.io.EOFException;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.scheduler.Schedulers;

final class EventDecoderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final JobRequested REQUEST = JobRequested.newBuilder()
            .setJobId("a")
            .setFlow("f")
            .setSubmittedAt(Instant.EPOCH)
            .build();

    static List<RuntimeException> malformed() {
        return List.of(
                new MalformedRecordException("truncated", new EOFException()),
                new MalformedRecordException("unknown schema id 7", new SchemaRegistryException(40403, "not found")),
                new SerializationException("what Confluent's throws for the same bytes", new EOFException()));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void decode_givenMalformedBytes_expectsErrorAtOnceWhateverTheCause(RuntimeException failure) {
        EventDecoder decoder = decoder(failure);

        assertThatThrownBy(() -> decoder.decode(event()).block(PATIENCE)).isSameAs(failure);
    }

    static List<RuntimeException> unavailable() {
        return List.of(
                new SchemaRegistryUnavailableException("no answer", new ConnectException()),
                new SerializationException("what Confluent's throws for the same", new ConnectException()));
    }

    @ParameterizedTest
    @MethodSource("unavailable")
    void decode_givenRegistryThatDoesNotAnswerAtFirst_expectsTheEventLater(RuntimeException failure) {
        assertThat(decoder(failure).decode(event()).block(PATIENCE)).isSameAs(REQUEST);
    }

    @Test
    void decode_givenNoValue_expectsErrorThatSaysSo() {
        EventDecoder decoder = new EventDecoder((topic, bytes) -> null, Schedulers.boundedElastic());

        assertThatThrownBy(() -> decoder.decode(event()).block(PATIENCE)).hasMessageContaining("no value");
    }

    /** Fails once, then decodes. */
    private static EventDecoder decoder(RuntimeException first) {
        Queue<RuntimeException> failures = new ArrayDeque<>(List.of(first));
        Deserializer<JobRequested> deserializer = (topic, bytes) -> {
            RuntimeException failure = failures.poll();
            if (failure != null) {
                throw failure;
            }
            return REQUEST;
        };
        return new EventDecoder(deserializer, Schedulers.boundedElastic());
    }

    private static PolledEvent event() {
        return new PolledEvent(new TopicPartition("jobs", 0), 1, 0, 0, null, new byte[] {0}, new RecordHeaders());
    }
}
