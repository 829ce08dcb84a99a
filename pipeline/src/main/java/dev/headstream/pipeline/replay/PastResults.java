package dev.headstream.pipeline.replay;

import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.util.Set;

/**
 * How the jobs ended so far, live or in other replays; the last result of a job counts. Not thread-safe while it is
 * filled.
 */
final class PastResults {
    private final String replayId;
    private final Set<JobStatus> statuses;
    private final JobMarks marks = new JobMarks();

    /**
     * @param replayId whose own results do not count, so that a replay which goes on selects what it did before
     * @param statuses the ends that are looked for
     */
    PastResults(String replayId, Set<JobStatus> statuses) {
        this.replayId = replayId;
        this.statuses = statuses;
    }

    void add(JobResult result) {
        if (!replayId.equals(result.getReplayId())) {
            marks.put(result.getJobId(), statuses.contains(result.getStatus()));
        }
    }

    /** Whether a job ended in one of the ways that are looked for. */
    boolean contains(String jobId) {
        return marks.isMarked(jobId);
    }
}
