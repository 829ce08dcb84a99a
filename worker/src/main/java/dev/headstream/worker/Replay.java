package dev.headstream.worker;

import dev.headstream.pipeline.EventScope;
import dev.headstream.pipeline.Pipeline;
import dev.headstream.pipeline.metrics.PipelineMetrics;
import dev.headstream.pipeline.replay.ReplayBound;
import dev.headstream.pipeline.replay.ReplayFilter;
import dev.headstream.pipeline.replay.ReplayGroup;
import dev.headstream.pipeline.replay.ReplayPlan;
import dev.headstream.pipeline.replay.ReplayPlanner;
import dev.headstream.pipeline.replay.ReplayProgress;
import dev.headstream.pipeline.replay.ReplaySurvey;
import dev.headstream.pipeline.source.SourceEnds;
import dev.headstream.schemas.AvroDeserializer;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.SchemaRegistryConfig;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.worker.flow.FlowCatalog;
import dev.headstream.worker.replay.ProgressLine;
import dev.headstream.worker.replay.ReplayReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replay from beginning to end, or as much of it as this process lives to do. Everything that must outlive the
 * process stands in Kafka: see {@link ReplayGroup}. Blocks; for a main.
 */
final class Replay {
    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final WorkerConfig config;
    private final String replayId;
    private final Range range;
    private final ReplayFilter.Options options;
    private final RehearsalOptions rehearsal;
    private final PrintWriter err;
    private final FlowCatalog flows;
    private final Map<String, Object> client;

    /** @param now what the range was read at */
    record Range(ReplayBound from, ReplayBound to, Instant now) {}

    /**
     * @param config a worker's, with what the replay may use of this machine
     * @param rehearsal what runs the jobs
     * @param err gets progress
     */
    Replay(
            WorkerConfig config,
            String replayId,
            Range range,
            ReplayFilter.Options options,
            RehearsalOptions rehearsal,
            PrintWriter err) {
        this.config = config;
        this.replayId = replayId;
        this.range = range;
        this.options = options;
        this.rehearsal = rehearsal;
        this.err = err;
        this.flows = FlowCatalog.load(config.flows(), config.flowJars());
        this.client = config.kafka().connectionProperties();
        options.flow().filter(name -> flows.get(name).isEmpty()).ifPresent(name -> {
            throw new IllegalArgumentException("--flow: "
                    + String.join("; ", flows.problems(name, Map.of())).replaceFirst("^flow: ", ""));
        });
    }

    /** Runs it, or looks what there is to run. */
    ReplayReport run(boolean dryRun) throws InterruptedException, IOException {
        new ClusterCheck(client, config.topics(), false) // the worker looks again, for what else it needs
                .await(config.kafka().startTimeout());
        Admin admin = Admin.create(client);
        try (SchemaRegistryClient registry = SchemaRegistryClient.create(
                SchemaRegistryConfig.of(config.registry().properties()))) {
            ReplayPlanner planner = new ReplayPlanner(admin, config.topics(), range.now());
            ReplayGroup group =
                    new ReplayGroup(admin, config.topics(), config.kafka().groupId(), replayId);
            Optional<ReplayPlan> begun = group.begun();
            ReplayPlan plan = begun.isPresent() ? begun.get() : planner.plan(range.from(), range.to());
            if (begun.isPresent()) {
                planner.checkKept(plan, group.progress(plan).watermarks());
            }
            ReplaySurvey survey = new ReplaySurvey(client, config.topics());
            ReplayFilter filter = survey.filter(
                    options, replayId, this::mustRunOnce, new AvroDeserializer<>(JobResult.class, registry));
            Course course = new Course(group, plan, filter, begun.isPresent());
            if (dryRun) {
                return course.report(survey.count(plan, filter, new AvroDeserializer<>(JobRequested.class, registry)));
            }
            if (begun.isEmpty() && !plan.spans().isEmpty()) {
                group.begin(plan, planner);
            }
            return course.run();
        } finally {
            admin.close(Duration.ofSeconds(1));
        }
    }

    private boolean mustRunOnce(String flow) {
        return flows.get(flow)
                .map(known ->
                        known.steps().stream().anyMatch(step -> !step.effect().isSafe()))
                .orElse(false);
    }

    /** What is to be run, once that is known. */
    private final class Course {
        private final ReplayGroup group;
        private final ReplayPlan plan;
        private final ReplayFilter filter;
        private final boolean resumed;

        Course(ReplayGroup group, ReplayPlan plan, ReplayFilter filter, boolean resumed) {
            this.group = group;
            this.plan = plan;
            this.filter = filter;
            this.resumed = resumed;
        }

        ReplayReport run() throws InterruptedException, IOException {
            long started = System.nanoTime();
            AtomicReference<@Nullable PipelineMetrics> metrics = new AtomicReference<>();
            if (!group.progress(plan).complete()) {
                err.println("replay " + replayId + (resumed ? " goes on: " : ": ") + plan.offsets() + " offsets of "
                        + plan.spans().size() + " partitions, "
                        + config.contexts().max()
                        + " at a time; if it is stopped, go on with --id " + replayId);
                err.flush();
                work(metrics);
            }
            ReplayProgress last = group.progress(plan);
            if (last.complete()) {
                group.delete();
            }
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            return report(false, new TreeMap<>(), last, metrics.get(), took);
        }

        ReplayReport report(SortedMap<Integer, ReplaySurvey.PartitionCount> counts) throws InterruptedException {
            return report(true, counts, group.progress(plan), null, Duration.ZERO);
        }

        /** A worker that works on the plan, and is stopped when nothing is left of it. */
        private void work(AtomicReference<@Nullable PipelineMetrics> metrics) throws InterruptedException, IOException {
            Clock clock = Clock.systemUTC();
            Assignment part = (settings, serdes, handler, pipelineMetrics, time) -> {
                metrics.set(pipelineMetrics);
                return new Pipeline(
                        settings.withReplay(group.id(), replayId),
                        serdes,
                        handler,
                        pipelineMetrics,
                        time,
                        new EventScope(SourceEnds.at(plan.ends()), filter));
            };
            Worker worker = new Worker(config, rehearsal.engine(config, clock), part, clock);
            EndingSignals.install(worker);
            Thread watch = new Thread(() -> watch(worker), "replay-watch");
            watch.setDaemon(true);
            watch.start();
            try {
                int code = worker.run();
                LOG.debug("worker ended code={}", code);
            } finally {
                watch.interrupt();
                watch.join();
            }
        }

        private void watch(Worker worker) {
            ProgressLine line = new ProgressLine(
                    err,
                    Boolean.getBoolean("headstream.tty.err"),
                    System::nanoTime,
                    "replay " + replayId,
                    plan.offsets());
            try {
                while (true) {
                    try {
                        ReplayProgress progress = group.progress(plan);
                        line.show(progress.finished());
                        if (progress.complete()) {
                            boolean unused = worker.stop(0);
                            return;
                        }
                    } catch (KafkaException e) {
                        LOG.warn("cannot see how far the replay is, looking again: {}", e.getMessage());
                    }
                    TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the worker has ended
            } finally {
                line.end();
            }
        }

        private ReplayReport report(
                boolean dryRun,
                SortedMap<Integer, ReplaySurvey.PartitionCount> counts,
                ReplayProgress progress,
                @Nullable PipelineMetrics metrics,
                Duration took) {
            return new ReplayReport(
                    replayId,
                    group.id(),
                    dryRun,
                    resumed,
                    progress.complete(),
                    plan,
                    counts,
                    progress.finished(),
                    metrics == null ? Map.of() : metrics.ended(),
                    metrics == null ? 0 : metrics.repeated(),
                    metrics == null ? 0 : metrics.deadLetters(),
                    filter.leftOut(),
                    took);
        }
    }
}
