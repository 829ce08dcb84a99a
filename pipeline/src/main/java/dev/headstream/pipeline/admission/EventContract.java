package dev.headstream.pipeline.admission;

import dev.headstream.v1.JobRequested;
import java.util.ArrayList;
import java.util.List;

/** What every event must keep to, whatever its flow. Pure. */
final class EventContract {
    private static final int MAX_ID_CHARS = 200;
    private static final int MAX_ATTEMPTS = 100;

    private EventContract() {}

    /** Problems that leave no job id to write a result under; empty if there are none. */
    static List<String> unaddressable(JobRequested request) {
        int length = request.getJobId().length();
        return length >= 1 && length <= MAX_ID_CHARS
                ? List.of()
                : List.of("jobId must have 1 to " + MAX_ID_CHARS + " characters, not " + length);
    }

    /** Other problems with the event itself; empty if there are none. */
    static List<String> problems(JobRequested request) {
        List<String> problems = new ArrayList<>();
        if (request.getFlow().isBlank()) {
            problems.add("flow is empty: name the flow to run");
        }
        if (request.getMaxAttempts() < 1 || request.getMaxAttempts() > MAX_ATTEMPTS) {
            problems.add("maxAttempts must be 1 to " + MAX_ATTEMPTS + ", not " + request.getMaxAttempts());
        }
        if (request.getSessionKey() != null && request.getSessionKey().length() > MAX_ID_CHARS) {
            problems.add("sessionKey must have at most " + MAX_ID_CHARS + " characters");
        }
        return problems;
    }
}
