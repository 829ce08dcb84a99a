package dev.headstream.pipeline.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import dev.headstream.v1.SourcePosition;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PastResultsTest {

    @Test
    void contains_givenSeveralResultsOfAJob_expectsTheLastToCountButNotTheReplaysOwn() {
        PastResults failed = new PastResults("mine", Set.of(JobStatus.FAILED));

        failed.add(result("repaired", null, JobStatus.FAILED));
        failed.add(result("repaired", "other", JobStatus.SUCCEEDED));
        failed.add(result("broken", null, JobStatus.SUCCEEDED));
        failed.add(result("broken", "other", JobStatus.FAILED));
        failed.add(result("going-on", null, JobStatus.FAILED));
        failed.add(result("going-on", "mine", JobStatus.SUCCEEDED));

        assertThat(failed.contains("repaired")).isFalse();
        assertThat(failed.contains("broken")).isTrue();
        assertThat(failed.contains("going-on")).isTrue();
        assertThat(failed.contains("unknown")).isFalse();
    }

    @Test
    void marks_givenManyRandomIds_expectsExactlyWhatASetHas() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        JobMarks marks = new JobMarks();
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < 50_000; i++) {
            String id = "job-" + random.nextInt(20_000);
            boolean mark = random.nextBoolean();
            marks.put(id, mark);
            if (mark) {
                expected.add(id);
            } else {
                expected.remove(id);
            }
        }
        for (int i = 0; i < 25_000; i++) {
            assertThat(marks.isMarked("job-" + i))
                    .as("job-%d, seed %d", i, seed)
                    .isEqualTo(expected.contains("job-" + i));
        }
    }

    private static JobResult result(String jobId, @Nullable String replayId, JobStatus status) {
        return JobResult.newBuilder()
                .setJobId(jobId)
                .setExecutionId(replayId == null ? jobId : replayId + "|" + jobId)
                .setReplayId(replayId)
                .setFlow("test")
                .setStatus(status)
                .setSource(new SourcePosition("jobs", 0, 1L))
                .setCompletedAt(Instant.EPOCH)
                .build();
    }
}
