package dev.headstream.pipeline.source;

import org.jspecify.annotations.Nullable;

/** The value of a record together with the assignment under which it was polled. */
@SuppressWarnings("ArrayRecordComponent") // bytes as Kafka hands them over, compared nowhere
record Payload(byte @Nullable [] bytes, long epoch) {}
