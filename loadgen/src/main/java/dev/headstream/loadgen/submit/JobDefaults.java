package dev.headstream.loadgen.submit;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What holds for each job that does not say otherwise.
 *
 * @param flow null where each job has to name its own
 * @param inputs a job's own inputs win over these, one by one; so do its labels
 * @param testRecord marks all jobs; a job may still mark itself
 */
public record JobDefaults(
        @Nullable String flow,
        Map<String, String> inputs,
        @Nullable String sessionKey,
        @Nullable Instant deadline,
        int maxAttempts,
        Map<String, String> labels,
        boolean testRecord) {
    /** As the schema has it. */
    public static final int MAX_ATTEMPTS = 3;

    public JobDefaults {
        inputs = Map.copyOf(inputs);
        labels = Map.copyOf(labels);
    }

    /** Only the name of the flow. */
    public static JobDefaults ofFlow(@Nullable String flow) {
        return new JobDefaults(flow, Map.of(), null, null, MAX_ATTEMPTS, Map.of(), false);
    }
}
