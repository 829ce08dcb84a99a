package dev.headstream.worker;

import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.metrics.KnownFlows;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.worker.browser.BrowserState;
import dev.headstream.worker.console.Console;
import dev.headstream.worker.management.Health;
import dev.headstream.worker.rehearsal.Evidence;
import dev.headstream.worker.rehearsal.RehearsalJobHandler;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Runs jobs without a browser, to try everything else. */
final class RehearsalEngine implements Engine {
    private final WorkerConfig config;
    private final Clock clock;
    private final Evidence evidence;
    private final Scheduler timer = Schedulers.newSingle("rehearsal", true);

    /**
     * @param evidence the file to which the steps' beginnings and ends are appended, none to note nothing
     * @throws IOException if it cannot be opened
     */
    RehearsalEngine(WorkerConfig config, Optional<Path> evidence, Clock clock) throws IOException {
        this.config = config;
        this.clock = clock;
        this.evidence = evidence.isPresent() ? Evidence.appendingTo(evidence.get(), clock) : Evidence.none();
    }

    @Override
    public void start(
            PrometheusMeterRegistry meters,
            ScheduledExecutorService housekeeping,
            Runnable replaceWorker,
            Console console) {
        int contexts = config.contexts().max();
        console.show(
                new Console.Lanes(List::of, Optional::empty, () -> BrowserState.RUNNING, () -> contexts, contexts));
    }

    @Override
    public JobHandler handler(SchemaRegistryClient registry) {
        return new RehearsalJobHandler(config.contexts().max(), config.jobTimeout(), evidence, clock, timer);
    }

    @Override
    public boolean sharesResults() {
        return false;
    }

    @Override
    public KnownFlows flows() {
        return KnownFlows.none().with(RehearsalJobHandler.FLOW, Map.of());
    }

    @Override
    public void addChecks(Health health) {}

    @Override
    public Duration closingTime() {
        return Duration.ZERO;
    }

    @Override
    public void close() {
        timer.dispose();
        evidence.close();
    }
}
