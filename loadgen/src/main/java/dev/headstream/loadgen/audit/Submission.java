package dev.headstream.loadgen.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event that was handed to Kafka.
 *
 * @param executionId what its terminal record must be found by: the job id, or {@code replayId|jobId} for a replay
 * @param sessionKey the job's, null if it has none
 */
public record Submission(String executionId, String jobId, @Nullable String sessionKey, Instant submittedAt) {
    public Submission {
        if (executionId.isEmpty() || jobId.isEmpty()) {
            throw new IllegalArgumentException("executionId and jobId must not be empty");
        }
    }

    /** An event of live work. */
    public static Submission live(String jobId, @Nullable String sessionKey, Instant submittedAt) {
        return new Submission(jobId, jobId, sessionKey, submittedAt);
    }
}
