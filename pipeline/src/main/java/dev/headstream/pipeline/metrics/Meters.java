package dev.headstream.pipeline.metrics;

import static dev.headstream.pipeline.metrics.MeterSpec.counter;
import static dev.headstream.pipeline.metrics.MeterSpec.gauge;
import static dev.headstream.pipeline.metrics.MeterSpec.millis;
import static dev.headstream.pipeline.metrics.MeterSpec.timer;

/** Every meter of the pipeline. */
public enum Meters {
    JOBS(counter("headstream.jobs", "Jobs with a terminal record, by how they ended", "flow", "outcome")),
    JOB_DURATION(timer(
            "headstream.job.duration",
            millis(250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 45_000, 60_000, 90_000, 120_000, 300_000),
            "Time of a job in browser contexts, over all its attempts",
            "flow",
            "outcome")),
    QUEUE_WAIT(timer(
            "headstream.queue.wait",
            millis(100, 500, 1_000, 5_000, 15_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 14_400_000),
            "From the event's timestamp to the start of the first attempt")),
    STEP_DURATION(timer(
            "headstream.step.duration",
            millis(10, 50, 100, 250, 500, 1_000, 2_000, 4_000, 6_000, 8_000, 10_000, 15_000, 30_000, 60_000),
            "Time of one step of an attempt",
            "flow",
            "step",
            "outcome")),
    STEP_OVER_BUDGET(
            counter("headstream.step.over.budget.seconds", "Time that steps took beyond their budget", "flow", "step")),
    JOBS_RETRIED(counter("headstream.jobs.retried", "Attempts after which the job is tried again", "flow")),
    JOBS_INTERRUPTED(counter(
            "headstream.jobs.interrupted",
            "Attempts that ended through no fault of the job: browser or worker went away",
            "flow")),
    JOBS_DEDUPLICATED(counter("headstream.jobs.deduplicated", "Events not run because their job had been or was")),
    DEAD_LETTERS(counter("headstream.dead.letters", "Events written to the dead letters", "kind")),
    CHECKPOINT_WRITES(counter("headstream.checkpoint.writes", "Step checkpoints written to the journal")),
    CHECKPOINT_RESUMED(counter("headstream.checkpoint.resumed", "Attempts that started at a checkpoint")),
    JOURNAL_MARKS(gauge("headstream.journal.marks", "", "Finished executions that are remembered, to tell duplicates")),
    RESTORE_DURATION(timer(
            "headstream.restore.duration",
            millis(50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 60_000, 300_000),
            "From the assignment of partitions until their jobs may be fetched")),
    TRANSACTION_DURATION(timer(
            "headstream.transaction.duration",
            millis(5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000),
            "From begin to the end of a transaction, or of a batch where there are none",
            "outcome")),
    OFFSETS_LAG(gauge("headstream.offsets.lag", "", "Events not yet committed, over the assigned partitions")),
    OFFSETS_DONE_AHEAD(gauge(
            "headstream.offsets.done.ahead", "", "Finished events above the lowest unfinished one of their partition")),
    DRAIN_DURATION(timer(
            "headstream.drain.duration",
            millis(1_000, 5_000, 10_000, 15_000, 18_000, 30_000, 60_000, 120_000, 300_000),
            "From the request to drain to the last commit"));

    @SuppressWarnings("ImmutableEnumChecker") // a record that copies its lists
    private final MeterSpec spec;

    Meters(MeterSpec spec) {
        this.spec = spec;
    }

    /** Its declaration. */
    public MeterSpec spec() {
        return spec;
    }
}
