package dev.headstream.pipeline;

import dev.headstream.v1.JobRequested;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a job, as handed to the {@link JobHandler}.
 *
 * @param executionId what its result is unique by: the job id, or {@code replayId|jobId}
 * @param replayId the replay that it belongs to, null for live work
 * @param request the event as it was sent
 * @param position where the event stands in Kafka
 * @param attempt 1 for the first attempt
 * @param deadline when the attempt must have ended, from the event's deadline; null if the event has none
 * @param progress what earlier attempts completed, and where this one records what it completes
 */
public record Job(
        String executionId,
        @Nullable String replayId,
        JobRequested request,
        Position position,
        int attempt,
        @Nullable Instant deadline,
        JobProgress progress) {

    /** Where an event stands in Kafka; {@code timestamp} is the record's, in milliseconds since the epoch. */
    public record Position(String topic, int partition, long offset, long timestamp) {}
}
