package dev.headstream.worker;

import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.metrics.KnownFlows;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.worker.console.Console;
import dev.headstream.worker.management.Health;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What a worker runs jobs with, whatever that is. Used by one thread, in this order: {@link #start}, {@link #handler}, and
 * {@link #close} in any case.
 */
interface Engine extends AutoCloseable {

    /**
     * Begins to start; returns at once, so that the cluster can be looked for meanwhile.
     *
     * @param replaceWorker to be called if only another worker can go on
     * @param console to be shown what there is to see
     */
    void start(
            PrometheusMeterRegistry meters,
            ScheduledExecutorService housekeeping,
            Runnable replaceWorker,
            Console console);

    /**
     * Waits until jobs can be run.
     *
     * @param registry has answered by now; stays the caller's to close, after this engine
     */
    JobHandler handler(SchemaRegistryClient registry) throws InterruptedException;

    /** Whether it shares results of steps with other workers, which takes a topic and a contract as well. */
    boolean sharesResults();

    /** The flows that can be run. */
    KnownFlows flows();

    /** Adds what shows whether jobs can still be run. */
    void addChecks(Health health);

    /** What it needs of the notice of a drain for its own end. */
    Duration closingTime();

    /** Ends it, also if it never started. */
    @Override
    void close();
}
