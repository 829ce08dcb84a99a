package dev.headstream.worker;

import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.Pipeline;
import dev.headstream.pipeline.PipelineConfig;
import dev.headstream.pipeline.PipelineSerdes;
import dev.headstream.pipeline.metrics.KnownFlows;
import dev.headstream.pipeline.metrics.PipelineMetrics;
import dev.headstream.pipeline.retry.RetryPolicy;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.SchemaRegistryConfig;
import dev.headstream.worker.artifact.DirectoryArtifactStore;
import dev.headstream.worker.browser.BrowserConfig;
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
import dev.headstream.worker.capacity.StepSlowdown;
import dev.headstream.worker.circuit.CircuitHandler;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowCatalog;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.management.BrowserMetrics;
import dev.headstream.worker.management.Health;
import dev.headstream.worker.management.ManagementServer;
import dev.headstream.worker.management.PortFile;
import dev.headstream.worker.management.StepMetrics;
import dev.headstream.worker.management.WorkerRegistry;
import dev.headstream.worker.run.FlowRunner;
import dev.headstream.worker.secret.SecretReferences;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;

/**
 * A worker process: reads jobs, runs them in the browser, writes results. Wires the parts together and owns their
 * lives; {@link #run} from top to bottom is the order in which they begin, and backwards the order in which they end.
 */
final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final long MAX_ARTIFACT_BYTES = 64L << 20;
    private static final Duration POLL_STALL = Duration.ofMinutes(1);
    /** What of the notice the browser needs to close. */
    private static final Duration BROWSER_CLOSE = Duration.ofSeconds(3);

    private static final Duration BREACH_GRACE = Duration.ofSeconds(20);

    private final WorkerConfig config;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicInteger exitCode = new AtomicInteger();
    private volatile boolean working;

    Worker(WorkerConfig config) {
        this.config = config;
    }

    /**
     * Asks it to drain and end; returns at once. The first request decides the exit code.
     *
     * @return false if it has not begun to work, and whoever runs it should be interrupted instead
     */
    boolean stop(int code) {
        exitCode.compareAndSet(0, code);
        stop.countDown();
        return working;
    }

    /**
     * Works until it is asked to stop.
     *
     * @return the exit code: 0 drained, 75 asks to be replaced
     */
    int run() throws InterruptedException, IOException {
        Clock clock = Clock.systemUTC();
        FlowCatalog flows = FlowCatalog.load(config.flows());
        PrometheusMeterRegistry meters = WorkerRegistry.create();
        Health health = new Health();
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(Worker::housekeeper);
        try (ManagementServer management = ManagementServer.builder()
                        .health(health)
                        .metrics(meters)
                        .listen(config.management().host(), config.management().port());
                PortFile portFile = PortFile.write(config.workDirectory(), management.uri());
                SchemaRegistryClient registry = SchemaRegistryClient.create(
                        SchemaRegistryConfig.of(config.registry().properties()))) {
            LOG.info("management {}", management.uri());
            BrowserMetrics browserMetrics = new BrowserMetrics(meters);
            // The browser takes about as long to start as the cluster to answer: both at once.
            CompletableFuture<LanePool> starting = startBrowser(flows, browserMetrics);
            try {
                new ClusterCheck(config.kafka().connectionProperties(), config.topics())
                        .await(config.kafka().startTimeout());
                PipelineSerdes serdes = Contract.agree(registry, config.topics());
                LanePool lanes = join(starting);
                browserMetrics.watchContexts(
                        lanes::inUse,
                        lanes::kept,
                        lanes::limit,
                        config.contexts().max());
                StepSlowdown slowdown = new StepSlowdown();
                try (MemorySampler memory = watchMemory(lanes, slowdown, meters, scheduler)) {
                    JobHandler handler = handler(lanes, flows, slowdown, meters, clock);
                    PipelineMetrics metrics = new PipelineMetrics(meters, known(flows));
                    Pipeline pipeline = new Pipeline(pipelineConfig(), serdes, handler, metrics, clock);
                    addChecks(health, pipeline, lanes);
                    work(pipeline, health);
                }
            } finally {
                starting.handle((lanes, failure) -> {
                            if (lanes != null) {
                                lanes.close();
                            }
                            return lanes;
                        })
                        .join();
            }
        } finally {
            scheduler.shutdownNow();
            meters.close();
        }
        return exitCode.get();
    }

    private void work(Pipeline pipeline, Health health) throws InterruptedException {
        working = true;
        Disposable failures = pipeline.failed().subscribe(unused -> {}, failure -> stop(Breach.EXIT_CODE));
        if (stop.getCount() == 0) {
            return; // asked to end while it was starting
        }
        pipeline.start();
        health.enter(Health.Phase.RUNNING);
        LOG.info(
                "taking jobs topic={} group={} contexts={} flows={}",
                config.topics().jobs(),
                config.kafka().groupId(),
                config.contexts().max(),
                config.flows());
        awaitStop();
        health.enter(Health.Phase.DRAINING);
        pipeline.drain(config.drain().notice().minus(BROWSER_CLOSE));
        health.enter(Health.Phase.STOPPED);
        failures.dispose();
        LOG.info("drained");
    }

    /** An interrupt that was meant for the start and came late is a request to stop as well. */
    private void awaitStop() {
        try {
            stop.await();
        } catch (InterruptedException e) {
            LOG.debug("interrupted", e);
        }
    }

    private CompletableFuture<LanePool> startBrowser(FlowCatalog flows, BrowserMetrics events) {
        BrowserConfig browser = browserConfig(flows);
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

    private BrowserConfig browserConfig(FlowCatalog flows) {
        WorkerConfig.Browser browser = config.browser();
        try {
            return new BrowserConfig(
                    config.workDirectory(),
                    browser.executable(),
                    browser.node(),
                    false,
                    browser.sandbox(),
                    Optional.of(flows.hosts()),
                    Math.toIntExact(browser.nodeHeap().bytes() >> 20),
                    browser.startTimeout());
        } catch (IllegalArgumentException e) {
            throw new BrowserStartException(
                    BrowserStartException.Problem.WORK_DIRECTORY, String.valueOf(e.getMessage()));
        }
    }

    private static LanePool join(CompletableFuture<LanePool> starting) throws InterruptedException {
        try {
            return starting.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
        }
    }

    private MemorySampler watchMemory(
            LanePool lanes, StepSlowdown slowdown, PrometheusMeterRegistry meters, ScheduledExecutorService scheduler) {
        CgroupLimit cgroup = CgroupLimit.ofThisProcess();
        Supplier<MemoryLimit> limit = () -> config.memory()
                .limit()
                .map(size -> new MemoryLimit(size.bytes(), "configured"))
                .orElseGet(cgroup::read);
        MemorySampler sampler = new MemorySampler(ProcessMemory.ofThisProcess()::read, limit, meters);
        MemoryGuard.Settings settings = new MemoryGuard.Settings(
                config.contexts().max(),
                Runtime.getRuntime().availableProcessors(),
                config.memory().soft(),
                config.memory().hard(),
                BREACH_GRACE,
                config.memory().sampleInterval());
        sampler.onSample(new MemoryGuard(settings, limits(lanes), new CpuLoad(), slowdown::take, this::breached));
        sampler.start(scheduler, config.memory().sampleInterval());
        return sampler;
    }

    private static LimitTarget limits(LanePool lanes) {
        return new LimitTarget() {
            @Override
            public void limit(int contexts) {
                lanes.limit(contexts);
            }

            @Override
            public int inUse() {
                return lanes.inUse();
            }
        };
    }

    private void breached(Breach breach) {
        if (breach == Breach.REPLACE_WORKER) {
            stop(Breach.EXIT_CODE);
        }
    }

    private JobHandler handler(
            LanePool lanes, FlowCatalog flows, StepSlowdown slowdown, PrometheusMeterRegistry meters, Clock clock) {
        StepMetrics steps = new StepMetrics(meters, flows.flows());
        StepCache cache = new StepCache(
                new StepCache.Settings(
                        config.cache().maxBytes().bytes(), config.cache().coalesce() == WorkerConfig.Switch.ON),
                steps);
        steps.watchCache(cache::bytes);
        FlowRunner runner = FlowRunner.builder(
                        new SecretReferences(System.getenv(), config.secrets().orElse(null)),
                        new DirectoryArtifactStore(config.artifacts(), MAX_ARTIFACT_BYTES))
                .clock(clock)
                .screenshotOnFailure(true)
                .observer(steps)
                .around(cache::around)
                .build();
        JobHandler handler = new BrowserJobHandler(
                lanes,
                config.contexts().max(),
                flows,
                runner,
                slowdown,
                config.jobTimeout(),
                config.sessions().warm() == WorkerConfig.Switch.ON,
                clock);
        return config.circuit()
                .settings()
                .<JobHandler>map(settings -> new CircuitHandler(handler, flows.flows(), settings, steps, clock))
                .orElse(handler);
    }

    private PipelineConfig pipelineConfig() {
        WorkerConfig.Retry retry = config.retry();
        PipelineConfig defaults = PipelineConfig.defaults(
                config.kafka().connectionProperties(),
                config.topics(),
                config.kafka().groupId(),
                config.name().orElseGet(Worker::hostAndPid));
        return new PipelineConfig(
                defaults.client(),
                defaults.topics(),
                defaults.groupId(),
                defaults.worker(),
                config.delivery().commitInterval(),
                config.jobTimeout(),
                defaults.revokeGrace(),
                new RetryPolicy(retry.initial(), retry.max(), retry.jitter(), retry.maxInterruptions()),
                defaults.maxWaiting(),
                Math.toIntExact(config.delivery().maxResult().bytes()),
                null);
    }

    private static KnownFlows known(FlowCatalog flows) {
        KnownFlows known = KnownFlows.none();
        for (Flow flow : flows.flows()) {
            Map<String, Duration> budgets = flow.steps().stream()
                    .collect(Collectors.toMap(Step::name, step -> step.budget().orElse(Duration.ZERO)));
            known = known.with(flow.name(), budgets);
        }
        return known;
    }

    /** Alive while something can still come of it; busy contexts are no reason to restart. */
    private static void addChecks(Health health, Pipeline pipeline, LanePool lanes) {
        health.liveness("browser", () -> {
            BrowserState state = lanes.state();
            return new Health.Status(state != BrowserState.FAILED, state.name().toLowerCase(Locale.ROOT));
        });
        health.liveness("poll", () -> {
            Duration since = pipeline.sinceLastPoll();
            return new Health.Status(since.compareTo(POLL_STALL) < 0, "last poll " + since.toMillis() + " ms ago");
        });
        health.readiness(
                "group",
                () -> new Health.Status(
                        pipeline.isPolling(),
                        pipeline.isAssigned() ? "has partitions" : "idle, no partition assigned"));
    }

    private static String hostAndPid() {
        String pid = "-" + ProcessHandle.current().pid();
        try {
            return InetAddress.getLocalHost().getHostName() + pid;
        } catch (UnknownHostException e) {
            return "worker" + pid;
        }
    }

    private static Thread housekeeper(Runnable work) {
        Thread thread = new Thread(work, "housekeeping");
        thread.setDaemon(true);
        return thread;
    }
}
