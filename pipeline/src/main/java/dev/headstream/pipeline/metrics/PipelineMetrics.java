package dev.headstream.pipeline.metrics;

import dev.headstream.v1.JobStatus;
import dev.headstream.v1.StepReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Records what the pipeline does. Thread-safe; no call blocks or fails. What can be counted is there with zero from the
 * start, so that a rate over it is defined before the first event.
 */
public final class PipelineMetrics {

    /** How a transaction ended. */
    public enum TransactionOutcome {
        COMMITTED,
        ABORTED,
        /** The commit timed out: only reading back tells. */
        UNCERTAIN
    }

    private final MeterRegistry registry;
    private final KnownFlows flows;
    private final MeterSpec stepDuration;
    private final Timer queueWait;
    private final Counter deduplicated;
    private final Counter checkpointWrites;
    private final Counter checkpointResumed;
    private final Timer restoreDuration;
    private final Timer drainDuration;

    /** Registers the meters of the pipeline; the budgets of the flows' steps become buckets of their histogram. */
    public PipelineMetrics(MeterRegistry registry, KnownFlows flows) {
        this.registry = registry;
        this.flows = flows;
        this.stepDuration = Meters.STEP_DURATION.spec().withBuckets(flows.budgets());
        this.queueWait = Meters.QUEUE_WAIT.spec().timer(registry);
        this.deduplicated = Meters.JOBS_DEDUPLICATED.spec().counter(registry);
        this.checkpointWrites = Meters.CHECKPOINT_WRITES.spec().counter(registry);
        this.checkpointResumed = Meters.CHECKPOINT_RESUMED.spec().counter(registry);
        this.restoreDuration = Meters.RESTORE_DURATION.spec().timer(registry);
        this.drainDuration = Meters.DRAIN_DURATION.spec().timer(registry);
        flows.names().forEach(this::registerFlow);
    }

    /** Makes gauges of what the ledger knows; both are asked at each scrape, from the scraping thread. */
    public void watchOffsets(LongSupplier lag, LongSupplier doneAhead) {
        Meters.OFFSETS_LAG.spec().gauge(registry, lag::getAsLong);
        Meters.OFFSETS_DONE_AHEAD.spec().gauge(registry, doneAhead::getAsLong);
    }

    /** Makes a gauge of the finished executions that the journal remembers; asked from the scraping thread. */
    public void watchJournal(LongSupplier marks) {
        Meters.JOURNAL_MARKS.spec().gauge(registry, marks::getAsLong);
    }

    /** Partitions were brought to where their last owner left them. */
    public void restored(Duration took) {
        restoreDuration.record(took);
    }

    /** The first attempt of a job starts, having waited since the event's timestamp. */
    public void jobStarted(Duration waited) {
        queueWait.record(waited);
    }

    /** A job has its terminal record. */
    public void jobEnded(String flow, JobStatus status, Duration ran) {
        String name = flows.flowTag(flow);
        jobs(name, status).increment();
        Meters.JOB_DURATION.spec().timer(registry, name, word(status)).record(ran);
    }

    /** How many jobs got their terminal record here, by status. */
    public Map<JobStatus, Long> ended() {
        Map<JobStatus, Long> ended = new EnumMap<>(JobStatus.class);
        for (JobStatus status : JobStatus.values()) {
            double count = registry.find(Meters.JOBS.spec().name()).tag("outcome", word(status)).counters().stream()
                    .mapToDouble(Counter::count)
                    .sum();
            ended.put(status, Math.round(count));
        }
        return ended;
    }

    /** How many events were not run because their execution was done, or running. */
    public long repeated() {
        return Math.round(deduplicated.count());
    }

    /** How many events became dead letters. */
    public long deadLetters() {
        return Math.round(registry.find(Meters.DEAD_LETTERS.spec().name()).counters().stream()
                .mapToDouble(Counter::count)
                .sum());
    }

    /** An attempt ended, whatever came of it; to be called once for each attempt. */
    public void stepsEnded(String flow, Collection<StepReport> steps) {
        for (StepReport step : steps) {
            stepDuration
                    .timer(registry, flows.flowTag(flow), flows.stepTag(flow, step.getName()), word(step.getOutcome()))
                    .record(Duration.ofMillis(step.getDurationMillis()));
            long over = step.getDurationMillis() - step.getBudgetMillis();
            if (step.getBudgetMillis() > 0 && over > 0) {
                Meters.STEP_OVER_BUDGET
                        .spec()
                        .counter(registry, flows.flowTag(flow), flows.stepTag(flow, step.getName()))
                        .increment(over / 1_000.0);
            }
        }
    }

    /** An attempt failed and the job will be tried again. */
    public void jobRetried(String flow) {
        Meters.JOBS_RETRIED.spec().counter(registry, flows.flowTag(flow)).increment();
    }

    /** An attempt ended through no fault of the job. */
    public void jobInterrupted(String flow) {
        Meters.JOBS_INTERRUPTED.spec().counter(registry, flows.flowTag(flow)).increment();
    }

    /** An event was not run because its job had been, or was running. */
    public void jobDeduplicated() {
        deduplicated.increment();
    }

    /** An event became a dead letter; the kind is an enum so that there can only be so many. */
    public void deadLettered(Enum<?> kind) {
        Meters.DEAD_LETTERS.spec().counter(registry, word(kind)).increment();
    }

    /** Checkpoints were written to the journal. */
    public void checkpointsWritten(int count) {
        checkpointWrites.increment(count);
    }

    /** An attempt starts at a checkpoint of an earlier one. */
    public void checkpointResumed() {
        checkpointResumed.increment();
    }

    /** A transaction ended, or a batch where there are none. */
    public void transactionEnded(TransactionOutcome outcome, Duration took) {
        Meters.TRANSACTION_DURATION.spec().timer(registry, word(outcome)).record(took);
    }

    /** The pipeline is drained. */
    public void drained(Duration took) {
        drainDuration.record(took);
    }

    private void registerFlow(String flow) {
        for (JobStatus status : JobStatus.values()) {
            if (status != JobStatus.UNKNOWN) {
                jobs(flow, status);
            }
        }
    }

    private Counter jobs(String flow, JobStatus status) {
        return Meters.JOBS.spec().counter(registry, flow, word(status));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
