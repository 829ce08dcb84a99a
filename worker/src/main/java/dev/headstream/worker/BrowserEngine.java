package dev.headstream.worker;

import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.metrics.KnownFlows;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.worker.artifact.ArtifactPlace;
import dev.headstream.worker.artifact.ArtifactStore;
import dev.headstream.worker.artifact.DirectoryArtifactStore;
import dev.headstream.worker.artifact.S3ArtifactStore;
import dev.headstream.worker.artifact.UploadFolder;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.BrowserEvents.Retirement;
import dev.headstream.worker.browser.BrowserStartException;
import dev.headstream.worker.browser.BrowserState;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.cache.StepCache;
import dev.headstream.worker.capacity.Breach;
import dev.headstream.worker.capacity.CgroupLimit;
import dev.headstream.worker.capacity.CpuLoad;
import dev.headstream.worker.capacity.LimitTarget;
import dev.headstream.worker.capacity.MemoryGuard;
import dev.headstream.worker.capacity.MemoryLimit;
import dev.headstream.worker.capacity.MemorySampler;
import dev.headstream.worker.capacity.ProcessMemory;
import dev.headstream.worker.capacity.RetirementGuard;
import dev.headstream.worker.capacity.StepSlowdown;
import dev.headstream.worker.circuit.CircuitHandler;
import dev.headstream.worker.console.Console;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowCatalog;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.management.BrowserMetrics;
import dev.headstream.worker.management.Health;
import dev.headstream.worker.management.StepMetrics;
import dev.headstream.worker.run.FlowRunner;
import dev.headstream.worker.secret.SecretReferences;
import dev.headstream.worker.warm.WarmSessions;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs jobs as flows in one browser, within the bounds of memory. */
final class BrowserEngine implements Engine {
    private static final Logger LOG = LoggerFactory.getLogger(BrowserEngine.class);
    private static final long MAX_ARTIFACT_BYTES = 64L << 20;
    private static final Duration CLOSING_TIME = Duration.ofSeconds(3);
    private static final Duration LOOK_AHEAD = Duration.ofSeconds(1);
    private static final Duration BREACH_GRACE = Duration.ofSeconds(20);
    /** What jobs get to finish in when the browser has to go at once; within the grace, so that it can show whether it helps. */
    private static final Duration BREACH_PATIENCE = Duration.ofSeconds(8);

    private final WorkerConfig config;
    private final Clock clock;
    private final FlowCatalog flows;
    private final ArtifactStore artifacts;
    private @Nullable Started started;
    private @Nullable LanePool lanes;
    private @Nullable MemorySampler memory;
    private Optional<FleetCache> cache = Optional.empty();
    private Optional<WarmSessions> sessions = Optional.empty();

    /** @throws dev.headstream.worker.flow.InvalidFlowException if a flow is wrong */
    BrowserEngine(WorkerConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        this.flows = FlowCatalog.load(config.flows(), config.flowJars());
        this.artifacts = artifacts(config);
    }

    private static ArtifactStore artifacts(WorkerConfig config) {
        return config.artifacts() instanceof ArtifactPlace.Bucket bucket
                ? S3ArtifactStore.open(bucket, config.s3().connection(), MAX_ARTIFACT_BYTES)
                : new DirectoryArtifactStore(((ArtifactPlace.Directory) config.artifacts()).path(), MAX_ARTIFACT_BYTES);
    }

    /** What was there or under way when the worker began to look for its cluster. */
    private record Started(
            CompletableFuture<LanePool> browser,
            BrowserMetrics metrics,
            PrometheusMeterRegistry meters,
            ScheduledExecutorService housekeeping,
            Runnable replaceWorker,
            Console console) {}

    @Override
    public void start(
            PrometheusMeterRegistry meters,
            ScheduledExecutorService housekeeping,
            Runnable replaceWorker,
            Console console) {
        BrowserMetrics metrics = new BrowserMetrics(meters);
        started = new Started(
                startBrowser(console.watch(metrics)), metrics, meters, housekeeping, replaceWorker, console);
    }

    private CompletableFuture<LanePool> startBrowser(BrowserEvents events) {
        BrowserConfig browser = browserConfig();
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return LanePool.start(browser, config.contexts().max(), events);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new CompletionException(e);
                    }
                },
                work -> new Thread(work, "browser-start").start());
    }

    private BrowserConfig browserConfig() {
        WorkerConfig.Browser browser = config.browser();
        try {
            return new BrowserConfig(
                    config.workDirectory(),
                    browser.executable(),
                    browser.node(),
                    false,
                    browser.webgl(),
                    browser.sandbox(),
                    Optional.of(flows.hosts()),
                    Math.toIntExact(browser.nodeHeap().bytes() >> 20),
                    browser.startTimeout(),
                    config.lane().transport());
        } catch (IllegalArgumentException e) {
            throw new BrowserStartException(
                    BrowserStartException.Problem.WORK_DIRECTORY, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public JobHandler handler(SchemaRegistryClient registry) throws InterruptedException {
        Started now = started;
        if (now == null) {
            throw new IllegalStateException("not started");
        }
        LanePool pool = join(now.browser());
        lanes = pool;
        now.metrics()
                .watchContexts(
                        pool::inUse, pool::kept, pool::limit, config.contexts().max());
        now.console()
                .show(new Console.Lanes(
                        pool::snapshot,
                        () -> Optional.of(pool.browser()),
                        pool::state,
                        pool::limit,
                        config.contexts().max()));
        StepSlowdown slowdown = new StepSlowdown();
        MemorySampler sampler = watchMemory(pool, slowdown, now);
        memory = sampler;
        now.console().show(sampler, config.memory().soft(), config.memory().hard());
        return handler(pool, slowdown, now, registry);
    }

    private JobHandler handler(LanePool pool, StepSlowdown slowdown, Started now, SchemaRegistryClient registry) {
        StepMetrics steps = new StepMetrics(now.meters(), flows.flows());
        FleetCache results = FleetCache.open(config, flows, registry, steps, clock);
        cache = Optional.of(results);
        steps.watchCache(results.steps()::bytes);
        FlowRunner runner = runner(results.steps())
                .screenshotOnFailure(true)
                .observer(now.console().watch(steps))
                .build();
        Optional<WarmSessions> ahead = config.sessions().warm() == WorkerConfig.Switch.ON
                ? Optional.of(warmSessions(pool, runner(results.steps()).build(), steps))
                : Optional.empty();
        sessions = ahead;
        JobHandler handler = new BrowserJobHandler(
                pool, config.contexts().max(), flows, runner, slowdown, config.jobTimeout(), ahead, clock);
        Optional<CircuitHandler> circuit = config.circuit()
                .settings()
                .map(settings -> new CircuitHandler(handler, flows.flows(), settings, steps, clock));
        ahead.ifPresent(it ->
                lookAhead(it, flow -> circuit.map(all -> all.isClosed(flow)).orElse(true), now.housekeeping()));
        return circuit.<JobHandler>map(it -> it).orElse(handler);
    }

    private FlowRunner.Builder runner(StepCache steps) {
        return FlowRunner.builder(
                        new SecretReferences(System.getenv(), config.secrets().orElse(null)), artifacts)
                .clock(clock)
                .uploads(new UploadFolder(
                        config.files().directory(), config.files().maxBytes().bytes()))
                .around(steps::around);
    }

    private WarmSessions warmSessions(LanePool pool, FlowRunner runner, StepMetrics steps) {
        LaneLogins logins = new LaneLogins(pool, config.contexts().max(), runner, config.jobTimeout(), clock);
        return new WarmSessions(logins, steps, System::nanoTime);
    }

    private static void lookAhead(
            WarmSessions sessions, Predicate<String> mayRun, ScheduledExecutorService housekeeping) {
        long millis = LOOK_AHEAD.toMillis();
        var unused = housekeeping.scheduleWithFixedDelay(
                () -> look(sessions, mayRun), millis, millis, TimeUnit.MILLISECONDS);
    }

    private static void look(WarmSessions sessions, Predicate<String> mayRun) {
        try {
            sessions.look(mayRun);
        } catch (RuntimeException e) {
            LOG.error("sessions could not be looked after", e);
        }
    }

    private static LanePool join(CompletableFuture<LanePool> starting) throws InterruptedException {
        try {
            return starting.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
        }
    }

    private MemorySampler watchMemory(LanePool pool, StepSlowdown slowdown, Started now) {
        CgroupLimit cgroup = CgroupLimit.ofThisProcess();
        Supplier<MemoryLimit> limit = () -> config.memory()
                .limit()
                .map(size -> new MemoryLimit(size.bytes(), "configured"))
                .orElseGet(cgroup::read);
        MemorySampler sampler = new MemorySampler(ProcessMemory.ofThisProcess()::read, limit, now.meters());
        MemoryGuard.Settings settings = new MemoryGuard.Settings(
                config.contexts().max(),
                Runtime.getRuntime().availableProcessors(),
                config.memory().soft(),
                config.memory().hard(),
                BREACH_GRACE,
                config.memory().sampleInterval());
        sampler.onSample(new MemoryGuard(
                settings,
                limits(pool, now.console()),
                new CpuLoad(),
                slowdown::take,
                breach -> breached(breach, pool, now)));
        WorkerConfig.Retire retire = config.browser().retire();
        sampler.onSample(new RetirementGuard(
                new RetirementGuard.Settings(
                        retire.jobs(),
                        retire.age(),
                        retire.memory(),
                        config.memory().hard()),
                retirement(pool)));
        sampler.start(now.housekeeping(), config.memory().sampleInterval());
        return sampler;
    }

    private static LimitTarget limits(LanePool lanes, Console console) {
        return new LimitTarget() {
            @Override
            public void limit(int contexts) {
                console.limited(lanes.limit(), contexts);
                lanes.limit(contexts);
            }

            @Override
            public int inUse() {
                return lanes.inUse();
            }
        };
    }

    private RetirementGuard.Target retirement(LanePool lanes) {
        return new RetirementGuard.Target() {
            @Override
            public long jobs() {
                return lanes.browser().tasks();
            }

            @Override
            public Duration age() {
                return lanes.browser().age();
            }

            @Override
            public void retire(Retirement why) {
                var unused = lanes.retire(why);
            }

            @Override
            public void retireInPlace(Retirement why) {
                var unused = lanes.retireInPlace(why, config.jobTimeout());
            }
        };
    }

    /** Above the hard limit there is no memory for a second browser, and little time. */
    private static void breached(Breach breach, LanePool lanes, Started now) {
        now.console().breached(breach);
        switch (breach) {
            case RETIRE_BROWSER -> {
                var unused = lanes.retireInPlace(Retirement.LIMIT, BREACH_PATIENCE);
            }
            case REPLACE_WORKER -> now.replaceWorker().run();
        }
    }

    @Override
    public boolean sharesResults() {
        return config.cache().isShared();
    }

    @Override
    public KnownFlows flows() {
        KnownFlows known = KnownFlows.none();
        for (Flow flow : flows.flows()) {
            Map<String, Duration> budgets = flow.steps().stream()
                    .collect(Collectors.toMap(Step::name, step -> step.budget().orElse(Duration.ZERO)));
            known = known.with(flow.name(), budgets);
        }
        return known;
    }

    /** Alive while something can still come of it; busy contexts are no reason to restart. */
    @Override
    public void addChecks(Health health) {
        health.liveness("browser", () -> {
            LanePool pool = lanes;
            BrowserState state = pool == null ? BrowserState.FAILED : pool.state();
            return new Health.Status(state != BrowserState.FAILED, state.name().toLowerCase(Locale.ROOT));
        });
    }

    @Override
    public Duration closingTime() {
        return sharesResults() ? CLOSING_TIME.plus(FleetCache.CLOSING_TIME) : CLOSING_TIME;
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
        }
        sessions.ifPresent(WarmSessions::close);
        if (started != null) {
            started.browser()
                    .handle((pool, failure) -> {
                        if (pool != null) {
                            pool.close();
                        }
                        return pool;
                    })
                    .join();
        }
        artifacts.close();
        // the last, for a browser that is left over harms more than an entry that is lost
        cache.ifPresent(FleetCache::close);
    }
}
