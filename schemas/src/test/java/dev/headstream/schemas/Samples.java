package dev.headstream.schemas;

import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import dev.headstream.v1.SourcePosition;
import java.time.Instant;
import java.util.Map;

/** Plain records for tests. */
final class Samples {
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");

    private Samples() {}

    static JobRequested job() {
        return JobRequested.newBuilder()
                .setJobId("job-1")
                .setFlow("catalog-search")
                .setInputs(Map.of("query", "tea"))
                .setSubmittedAt(NOON)
                .build();
    }

    static JobResult result(JobStatus status) {
        return JobResult.newBuilder()
                .setJobId("job-1")
                .setExecutionId("job-1")
                .setFlow("catalog-search")
                .setStatus(status)
                .setSource(new SourcePosition("headstream.jobs", 3, 42L))
                .setCompletedAt(NOON)
                .build();
    }
}
