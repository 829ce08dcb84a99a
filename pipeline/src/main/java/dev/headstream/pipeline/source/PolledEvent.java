package dev.headstream.pipeline.source;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * An event as it was polled: bytes only, since a deserialisation error inside poll would end the stream.
 *
 * @param epoch the assignment under which it was polled
 * @param timestamp the record's, in milliseconds since the epoch
 */
@SuppressWarnings("ArrayRecordComponent") // bytes as Kafka hands them over, compared nowhere
public record PolledEvent(
        TopicPartition partition,
        long epoch,
        long offset,
        long timestamp,
        byte @Nullable [] key,
        byte @Nullable [] value,
        Headers headers) {}
