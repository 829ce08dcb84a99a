package dev.headstream.pipeline;

import dev.headstream.v1.CancelRequested;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobState;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** How records become bytes and back; ordinary Kafka serialisers, so that any Confluent-compatible ones will do. */
public record PipelineSerdes(
        Deserializer<JobRequested> jobs,
        Serializer<JobResult> results,
        Serializer<JobState> states,
        Deserializer<JobState> stateReader,
        Deserializer<CancelRequested> cancels) {}
