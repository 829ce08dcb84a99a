package dev.headstream.loadgen.submit;

import dev.headstream.loadgen.results.ResultReader;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Waits for the results of a set of jobs. Results of replays are not theirs. Confined to one thread.
 */
public final class ResultWait {
    private static final Duration POLL = Duration.ofMillis(250);

    private final ResultReader reader;
    private final LongSupplier nanoTime;
    private final Set<String> open = new TreeSet<>();
    private long succeeded;
    private long others;

    public ResultWait(ResultReader reader, LongSupplier nanoTime) {
        this.reader = reader;
        this.nanoTime = nanoTime;
    }

    /** Adds a job to wait for. */
    public void expect(String jobId) {
        open.add(jobId);
    }

    /**
     * Returns when all results are there or the time is over.
     *
     * @param onResult takes each result once
     * @param onPoll runs between polls, to show progress
     */
    public void await(Duration timeout, Consumer<JobResult> onResult, Runnable onPoll) {
        long start = nanoTime.getAsLong();
        while (!open.isEmpty() && nanoTime.getAsLong() - start < timeout.toNanos()) {
            take(reader.poll(POLL), onResult);
            onPoll.run();
        }
    }

    private void take(List<JobResult> results, Consumer<JobResult> onResult) {
        for (JobResult result : results) {
            if (result.getReplayId() == null && open.remove(result.getJobId())) {
                if (result.getStatus() == JobStatus.SUCCEEDED) {
                    succeeded++;
                } else {
                    others++;
                }
                onResult.accept(result);
            }
        }
    }

    /** Jobs without a result. */
    public Set<String> open() {
        return Collections.unmodifiableSet(open);
    }

    /** Jobs that succeeded. */
    public long succeeded() {
        return succeeded;
    }

    /** Jobs that ended in another way. */
    public long others() {
        return others;
    }
}
