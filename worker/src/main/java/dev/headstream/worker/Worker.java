package dev.headstream.worker;

import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.Pipeline;
import dev.headstream.pipeline.PipelineConfig;
import dev.headstream.pipeline.PipelineSerdes;
import dev.headstream.pipeline.metrics.PipelineMetrics;
import dev.headstream.pipeline.retry.RetryPolicy;
import dev.headstream.pipeline.source.GroupProtocol;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.SchemaRegistryConfig;
import dev.headstream.worker.capacity.Breach;
import dev.headstream.worker.console.Console;
import dev.headstream.worker.management.Audience;
import dev.headstream.worker.management.Health;
import dev.headstream.worker.management.ManagementServer;
import dev.headstream.worker.management.PortFile;
import dev.headstream.worker.management.WorkerRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;

/**
 * A worker process: reads jobs, has its {@link Engine} run them, writes results. Wires the parts together and owns their
 * lives; {@link #run} from top to bottom is the order in which they begin, and backwards the order in which they end.
 */
final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration POLL_STALL = Duration.ofMinutes(1);

    private final WorkerConfig config;
    private final String name;
    private final Engine engine;
    private final Assignment assignment;
    private final Clock clock;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicInteger exitCode = new AtomicInteger();
    private volatile boolean working;

    /**
     * @param engine what runs the jobs; closed with the worker
     * @param assignment what it works on
     */
    Worker(WorkerConfig config, Engine engine, Assignment assignment, Clock clock) {
        this.config = config;
        this.name = config.name().orElseGet(Worker::hostAndPid);
        this.engine = engine;
        this.assignment = assignment;
        this.clock = clock;
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
        PrometheusMeterRegistry meters = WorkerRegistry.create();
        Health health = new Health();
        Console console = new Console(identity(), meters, health, engine.flows(), clock);
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(Worker::housekeeper);
        try (ManagementServer management = pages(console, health, meters)
                        .listen(config.management().host(), config.management().port());
                PortFile portFile = PortFile.write(config.workDirectory(), management.uri());
                SchemaRegistryClient registry = SchemaRegistryClient.create(
                        SchemaRegistryConfig.of(config.registry().properties()));
                Engine running = engine) {
            LOG.info("management {}", management.uri());
            if (config.management().console() != WorkerConfig.ConsoleFor.NOBODY) {
                LOG.info("console {}/", management.uri());
            }
            console.start(scheduler);
            // A browser takes about as long to start as the cluster to answer: both at once.
            running.start(meters, scheduler, () -> stop(Breach.EXIT_CODE), console);
            watchClock(scheduler);
            new ClusterCheck(config.kafka().connectionProperties(), config.topics(), running.sharesResults())
                    .await(config.kafka().startTimeout());
            PipelineSerdes serdes = Contract.agree(registry, config.topics(), running.sharesResults());
            JobHandler handler = console.watch(running.handler(registry));
            PipelineMetrics metrics = new PipelineMetrics(meters, running.flows());
            Pipeline pipeline = assignment.pipeline(pipelineConfig(), serdes, handler, metrics, clock);
            console.show(new Console.Queue(pipeline::running, pipeline::waiting, pipeline.maxWaiting()));
            addChecks(health, pipeline);
            running.addChecks(health);
            work(pipeline, health);
        } finally {
            scheduler.shutdownNow();
            meters.close();
        }
        return exitCode.get();
    }

    private void watchClock(ScheduledExecutorService scheduler) {
        Duration session = GroupProtocol.session(config.kafka().connectionProperties());
        ClockWatch watch =
                new ClockWatch(session, System::nanoTime, () -> clock.millis() * 1_000_000, this::clockJumped);
        var unused = scheduler.scheduleWithFixedDelay(watch::look, 1, 1, TimeUnit.SECONDS);
    }

    private void clockJumped(Duration by) {
        LOG.warn(
                "the clock of this machine jumped, which Kafka's clients do not get over: asking to be replaced byMillis={}",
                by.toMillis());
        stop(Breach.EXIT_CODE);
    }

    private Console.Identity identity() {
        String version = Worker.class.getPackage().getImplementationVersion();
        return new Console.Identity(
                name,
                version == null ? "unpackaged" : version,
                config.kafka().groupId(),
                config.topics().jobs(),
                config.delivery().mode().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                clock.instant());
    }

    private ManagementServer.Builder pages(Console console, Health health, PrometheusMeterRegistry meters) {
        ManagementServer.Builder pages =
                ManagementServer.builder().health(health).metrics(meters);
        return switch (config.management().console()) {
            case NOBODY -> pages;
            case MACHINE -> console.on(pages, Audience.MACHINE);
            case ANYONE -> console.on(pages, Audience.ANYONE);
        };
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
                "taking jobs topic={} group={} delivery={} contexts={} flows={}",
                config.topics().jobs(),
                config.kafka().groupId(),
                config.delivery().mode(),
                config.contexts().max(),
                config.flows());
        awaitStop();
        health.enter(Health.Phase.DRAINING);
        pipeline.drain(config.drain().notice().minus(engine.closingTime()));
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

    private PipelineConfig pipelineConfig() {
        WorkerConfig.Retry retry = config.retry();
        PipelineConfig defaults = PipelineConfig.defaults(
                config.kafka().connectionProperties(),
                config.topics(),
                config.kafka().groupId(),
                name);
        return new PipelineConfig(
                defaults.client(),
                defaults.topics(),
                defaults.groupId(),
                config.kafka().groupProtocol(),
                config.delivery().mode(),
                defaults.worker(),
                config.delivery().commitInterval(),
                config.jobTimeout(),
                defaults.revokeGrace(),
                new RetryPolicy(retry.initial(), retry.max(), retry.jitter(), retry.maxInterruptions()),
                defaults.maxWaiting(),
                Math.toIntExact(config.delivery().maxResult().bytes()),
                null);
    }

    private static void addChecks(Health health, Pipeline pipeline) {
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
