package dev.headstream.loadgen.bench;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.demo.Cleanup;
import dev.headstream.loadgen.demo.ScratchFolder;
import dev.headstream.loadgen.demo.WorkerProcess;
import dev.headstream.loadgen.results.ResultReader;
import dev.headstream.loadgen.site.DemoSite;
import dev.headstream.loadgen.site.LatencyRange;
import dev.headstream.loadgen.stack.LocalStack;
import dev.headstream.loadgen.submit.JobSender;
import dev.headstream.schemas.Topics;
import dev.headstream.v1.JobResult;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The same jobs through a worker that spares them nothing, and through workers that do: cached results, coalesced steps,
 * warm sessions, each alone and all together. One stack and one portal; for each arm a worker of its own with topics of its
 * own, one after the other. Whatever it starts is ended when {@link #close} returns.
 */
public final class StepsBench implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration START = Duration.ofMinutes(2);
    private static final String FLOW_FILE = "bench-steps.yaml";

    private final Settings settings;
    private final Listener listener;
    private final Cleanup cleanup = new Cleanup();

    /**
     * What is measured.
     *
     * @param contexts jobs at the same time, in every arm
     * @param warmUp from the start of each arm's first job on, not measured: caches fill, sessions are made
     * @param duration of each arm, after that
     * @param scale what all of the portal's latencies are multiplied by
     * @param uniform whether a query takes 5 to 30 s whatever it is; else popular ones, which are broad, take 26 to 30 s and
     *     all others 5 to 6 s
     * @param worker program and arguments that start a worker
     */
    public record Settings(
            int contexts,
            Duration warmUp,
            Duration duration,
            double scale,
            boolean uniform,
            List<StepsArm> arms,
            List<String> worker) {
        public Settings {
            arms = List.copyOf(arms);
            worker = List.copyOf(worker);
            if (contexts < 1 || contexts > 64) {
                throw new IllegalArgumentException("--contexts must be 1 to 64, not " + contexts);
            }
            if (duration.compareTo(Duration.ofSeconds(5)) < 0) {
                throw new IllegalArgumentException("--duration must be at least 5s");
            }
            if (warmUp.isNegative()) {
                throw new IllegalArgumentException("--warm-up must not be negative");
            }
            if (!(scale >= 0.001 && scale <= 10)) {
                throw new IllegalArgumentException("--scale must be 0.001 to 10, not " + scale);
            }
            if (arms.isEmpty()) {
                throw new IllegalArgumentException("--arms must name at least one arm");
            }
        }

        private LatencyRange seconds(double least, double most) {
            return LatencyRange.ofMillis(Math.round(least * scale * 1_000), Math.round(most * scale * 1_000));
        }

        private DemoSite.Options site() {
            return DemoSite.Options.defaults()
                    .withLoginLatency(seconds(3, 3))
                    .withQueryLatency(
                            uniform ? seconds(5, 30) : seconds(26, 30), uniform ? seconds(5, 30) : seconds(5, 6));
        }
    }

    /** Is told how far it is. */
    public interface Listener {
        /** Jobs of an arm have ended. */
        void working(StepsArm arm, long jobs, Duration left);

        /** An arm is done. */
        void measured(StepsFigures figures);
    }

    private StepsBench(Settings settings, Listener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /** A bench that ends what it starts also when the process is stopped. */
    public static StepsBench open(Settings settings, Listener listener) {
        StepsBench bench = new StepsBench(settings, listener);
        bench.cleanup.closeAtExit();
        return bench;
    }

    /**
     * Runs all arms.
     *
     * @throws CommandException if something that is needed cannot be started
     */
    public List<StepsFigures> run() throws Exception {
        ScratchFolder folder = cleanup.open("folder", ScratchFolder::create);
        Path flows = folder.folder("flows");
        try (InputStream flow = Objects.requireNonNull(StepsBench.class.getResourceAsStream(FLOW_FILE))) {
            Files.write(flows.resolve(FLOW_FILE), flow.readAllBytes());
        }
        LocalStack stack = cleanup.open(
                "stack", () -> LocalStack.prepare(LocalStack.Options.defaults().withDataDirectory(folder.path())));
        stack.start();
        DemoSite site = cleanup.open("portal", () -> DemoSite.start(settings.site()));
        List<StepsFigures> figures = new ArrayList<>();
        for (StepsArm arm : settings.arms()) {
            StepsFigures measured = run(arm, stack, site, flows, folder);
            listener.measured(measured);
            figures.add(measured);
        }
        return figures;
    }

    private StepsFigures run(StepsArm arm, LocalStack stack, DemoSite site, Path flows, ScratchFolder folder)
            throws Exception {
        Topics topics = Topics.withPrefix("bench-" + arm.id());
        try (LocalStack prepared = LocalStack.start(LocalStack.Options.defaults()
                .withBootstrap(stack.bootstrap())
                .withRegistryUrl(stack.registryUrl())
                .withTopics(topics))) {
            Deployment deployment =
                    new Deployment(prepared.bootstrap(), prepared.registryUrl(), prepared.topics(), Map.of());
            // more than can be done in the time, so that no arm runs dry
            int jobs =
                    Math.toIntExact(settings.warmUp().plus(settings.duration()).toSeconds() * settings.contexts() * 2);
            try (JobSender sender = JobSender.open(deployment)) {
                new StepsLoad(site.url(), jobs, settings.contexts())
                        .all(Instant.now())
                        .forEach(sender::send);
                sender.flush();
            }
            Path log = folder.path().resolve("worker-" + arm.id() + ".log");
            WorkerProcess worker = cleanup.open("worker", () -> start(arm, deployment, flows, folder, log));
            try (ResultReader results = ResultReader.open(deployment)) {
                return follow(arm, results, worker);
            } finally {
                worker.close();
            }
        }
    }

    private WorkerProcess start(StepsArm arm, Deployment deployment, Path flows, ScratchFolder folder, Path log)
            throws Exception {
        Path work = cleanup.open("worker's folder", ScratchFolder::createShort).path();
        Map<String, String> variables = new HashMap<>(arm.settings());
        variables.putAll(Map.ofEntries(
                Map.entry("HEADSTREAM_NAME", "bench-" + arm.id()),
                Map.entry("HEADSTREAM_KAFKA_BOOTSTRAP_SERVERS", deployment.bootstrap()),
                Map.entry("HEADSTREAM_REGISTRY_URLS", deployment.registry()),
                Map.entry("HEADSTREAM_TOPICS_PREFIX", "bench-" + arm.id()),
                Map.entry("HEADSTREAM_FLOWS", flows.toString()),
                Map.entry("HEADSTREAM_CONTEXTS_MAX", String.valueOf(settings.contexts())),
                Map.entry("HEADSTREAM_JOB_TIMEOUT", "5m"),
                Map.entry("HEADSTREAM_MANAGEMENT_PORT", "0"),
                Map.entry("HEADSTREAM_WORK_DIRECTORY", work.toString()),
                Map.entry("HEADSTREAM_ARTIFACTS", folder.folder("artifacts").toString()),
                Map.entry("HEADSTREAM_BUILD", "skip"),
                Map.entry("HEADSTREAM_SETUP", "skip")));
        return WorkerProcess.start(new WorkerProcess.Start(settings.worker(), variables, work, log));
    }

    /** What ends in the arm's time, which begins with the start of its first job and the warm-up after that. */
    private StepsFigures follow(StepsArm arm, ResultReader reader, WorkerProcess worker) {
        List<JobResult> results = new ArrayList<>();
        long began = System.currentTimeMillis();
        Optional<Instant> first = Optional.empty();
        Duration all = settings.warmUp().plus(settings.duration());
        Duration left = all;
        while (!left.isNegative()) {
            cleanup.throwIfClosing();
            for (JobResult result : reader.poll(POLL)) {
                Instant started = result.getCompletedAt().minusMillis(result.getRunMillis());
                first = first.or(() -> Optional.of(started));
                results.add(result);
            }
            left = first.map(at -> Duration.between(Instant.now(), at.plus(all)))
                    .orElse(all);
            listener.working(arm, results.size(), left.isNegative() ? Duration.ZERO : left);
            boolean late = first.isEmpty() && System.currentTimeMillis() - began > START.toMillis();
            if (!worker.isAlive() || late) {
                throw new CommandException(
                        ExitCodes.UNAVAILABLE,
                        "the worker of arm '" + arm.id() + "' " + (late ? "has no result" : "ended") + "; it said: "
                                + String.join(" | ", worker.lastLines(5)));
            }
        }
        Instant from = first.orElseThrow().plus(settings.warmUp());
        Instant to = from.plus(settings.duration());
        return StepsFigures.of(
                arm,
                results.stream()
                        .filter(result -> result.getCompletedAt().isAfter(from)
                                && !result.getCompletedAt().isAfter(to))
                        .toList(),
                from);
    }

    @Override
    public void close() {
        cleanup.close();
    }
}
