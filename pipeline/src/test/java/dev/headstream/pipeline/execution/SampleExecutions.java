package dev.headstream.pipeline.execution;

import dev.headstream.pipeline.source.PolledEvent;
import dev.headstream.v1.JobRequested;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Executions as admission makes them. */
final class SampleExecutions {
    static final TopicPartition P0 = new TopicPartition("jobs", 0);
    static final TopicPartition P1 = new TopicPartition("jobs", 1);

    private SampleExecutions() {}

    static Execution job(TopicPartition partition, long offset, String id) {
        return job(partition, offset, id, null);
    }

    static Execution job(TopicPartition partition, long offset, String id, @Nullable String sessionKey) {
        JobRequested request = JobRequested.newBuilder()
                .setJobId(id)
                .setFlow("test")
                .setSessionKey(sessionKey)
                .setSubmittedAt(Instant.EPOCH)
                .build();
        PolledEvent event = new PolledEvent(partition, 1, offset, 0, null, new byte[0], new RecordHeaders());
        return new Execution(id, null, event, request, Optional.empty());
    }
}
