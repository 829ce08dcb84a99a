package dev.headstream.loadgen.bench.pipeline;

import dev.headstream.loadgen.bench.ProcessTree;
import dev.headstream.loadgen.bench.Samples;
import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.stack.LocalStack;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the same events through every contender and measures. A round runs each of them once, in its own process and on its
 * own topics, and begins with another one each time. All load stays on loopback. Confined to one thread, but for
 * {@link #close}.
 *
 * <p>A contender is warmed up with events without work. Then, for each workload, it is held still while the events are put
 * into its topic, and released: nobody is measured by how fast events are made. A result counts when a
 * {@code read_committed} consumer has it.
 */
public final class PipelineBench implements AutoCloseable {
    private static final int PARTITIONS = 4;
    private static final int WARM_UP = 3_000;
    /** Of what waits in the topic; more is sent as it is worked off. */
    private static final int BACKLOG = 40_000;

    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int OPEN_LOOP_PER_SECOND = 100;
    private static final int OPEN_LOOP_MILLIS = 5;

    private final Settings settings;
    private final @Nullable Path launcher;
    private final Listener listener;
    private final Path folder;
    private final LocalStack stack;
    private int processes;
    private volatile @Nullable ContenderProcess current;
    private volatile boolean closed;

    /**
     * What is run.
     *
     * @param records events a round without work; fewer with work, so that they take about as long
     * @param contexts how many events may be worked on at a time
     * @param openLoop how long events come in time, for the latency
     * @param seed of the work's times
     */
    public record Settings(
            int records,
            int rounds,
            int contexts,
            Duration commitInterval,
            Duration openLoop,
            List<Contender> contenders,
            List<String> workloads,
            long seed) {
        public static final List<String> WORKLOADS =
                List.of(Workload.NO_OP, Workload.FIXED, Workload.LOG_NORMAL, Workload.OPEN_LOOP);

        public Settings {
            contenders = List.copyOf(contenders);
            workloads = List.copyOf(workloads);
            within("records", records, 1_000, 10_000_000);
            within("rounds", rounds, 1, 100);
            within("contexts", contexts, 1, 256);
            if (contenders.isEmpty() || contenders.stream().distinct().count() != contenders.size()) {
                throw new IllegalArgumentException("name at least one contender, and none of them twice");
            }
            for (String workload : workloads) {
                if (!WORKLOADS.contains(workload)) {
                    throw new IllegalArgumentException(
                            "there is no workload '" + workload + "': choose from " + String.join(", ", WORKLOADS));
                }
            }
        }

        private static void within(String name, int value, int least, int most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(
                        "the number of " + name + " is from " + least + " to " + most + ", not " + value);
            }
        }

        /** The phases of a round for a contender; less work for one that does it one by one. */
        List<Workload> phases(Contender contender) {
            int share = contender.isConcurrent() ? 4 : 4 * contexts;
            int withWork = Math.max(200, Math.min(records, 160_000) / share);
            List<Workload> phases = new ArrayList<>();
            for (String workload : workloads) {
                phases.add(
                        switch (workload) {
                            case Workload.NO_OP -> Workload.noOp(records);
                            case Workload.FIXED -> Workload.fixed(withWork);
                            case Workload.LOG_NORMAL -> Workload.logNormal(withWork, seed);
                            default ->
                                Workload.openLoop(OPEN_LOOP_PER_SECOND, (int) openLoop.toSeconds(), OPEN_LOOP_MILLIS);
                        });
            }
            return phases;
        }
    }

    /** Told how the bench gets on; called on the bench's thread. */
    public interface Listener {
        /** A contender is at work. */
        void working(int round, Contender contender, String phase, int results, int records);

        /** A contender has done a phase. */
        void measured(int round, PhaseFigures figures);

        /** A contender failed; it is left out from here on. */
        void failed(int round, Contender contender, String problem);
    }

    /**
     * What came out.
     *
     * @param figures of those that did all their rounds, by contender and workload in the order asked for
     * @param problems what kept others from it, by contender
     */
    public record Outcome(List<PhaseFigures> figures, Map<Contender, String> problems) {
        public Outcome {
            figures = List.copyOf(figures);
            problems = Map.copyOf(problems);
        }
    }

    private PipelineBench(
            Settings settings, @Nullable Path launcher, Listener listener, Path folder, LocalStack stack) {
        this.settings = settings;
        this.launcher = launcher;
        this.listener = listener;
        this.folder = folder;
        this.stack = stack;
    }

    /**
     * Gets ready: starts a broker and a registry.
     *
     * @param launcher {@code deploy/headstream}, which starts the workers; null if it is not there
     * @throws CommandException if this machine does not show what is to be measured
     */
    public static PipelineBench open(Settings settings, @Nullable Path launcher, Listener listener) throws IOException {
        if (!ProcessTree.isSupported()) {
            throw new CommandException(
                    ExitCodes.UNAVAILABLE, "processor time is read from /proc/PID, which only Linux 4.14 or later has");
        }
        Path folder = Files.createTempDirectory("hs-bench"); // short, as a worker's directory must be
        LocalStack stack = LocalStack.start(LocalStack.Options.defaults().withPartitions(PARTITIONS));
        return new PipelineBench(settings, launcher, listener, folder, stack);
    }

    /** Runs all rounds. */
    public Outcome run() throws InterruptedException {
        Map<Contender, List<List<PhaseFigures>>> measured = new EnumMap<>(Contender.class);
        Map<Contender, String> problems = new LinkedHashMap<>();
        for (int round = 0; round < settings.rounds() && !closed; round++) {
            List<Contender> inTurn = new ArrayList<>(settings.contenders());
            Collections.rotate(inTurn, -round % inTurn.size());
            for (Contender contender : inTurn) {
                if (!problems.containsKey(contender) && !closed) {
                    runContender(round, contender, measured, problems);
                }
            }
        }
        List<PhaseFigures> figures = new ArrayList<>();
        settings.contenders().stream()
                .filter(contender -> !problems.containsKey(contender))
                .forEach(contender -> figures.addAll(medians(measured.getOrDefault(contender, List.of()))));
        return new Outcome(figures, problems);
    }

    private static List<PhaseFigures> medians(List<List<PhaseFigures>> rounds) {
        List<PhaseFigures> medians = new ArrayList<>();
        for (int phase = 0; !rounds.isEmpty() && phase < rounds.get(0).size(); phase++) {
            int index = phase;
            medians.add(PhaseFigures.medianOf(
                    rounds.stream().map(round -> round.get(index)).toList()));
        }
        return medians;
    }

    private void runContender(
            int round,
            Contender contender,
            Map<Contender, List<List<PhaseFigures>>> measured,
            Map<Contender, String> problems)
            throws InterruptedException {
        try {
            measured.computeIfAbsent(contender, unused -> new ArrayList<>()).add(measure(round, contender));
        } catch (IOException e) {
            if (!closed) {
                problems.put(contender, contender.id() + " " + e.getMessage());
                listener.failed(round, contender, contender.id() + " " + e.getMessage());
            }
        }
    }

    private List<PhaseFigures> measure(int round, Contender contender) throws IOException, InterruptedException {
        String prefix = "bench-" + contender.id() + "-" + round;
        Topics topics = Topics.withPrefix(prefix);
        LocalStack.start(LocalStack.Options.defaults()
                .withBootstrap(stack.bootstrap())
                .withRegistryUrl(stack.registryUrl())
                .withTopics(topics)
                .withPartitions(PARTITIONS));
        Deployment deployment = new Deployment(stack.bootstrap(), stack.registryUrl(), topics, Map.of());
        Path home = Files.createDirectories(folder.resolve(Integer.toString(processes++)));
        List<PhaseFigures> figures = new ArrayList<>();
        try (SchemaRegistryClient registry = deployment.registryClient();
                ResultWatch results = ResultWatch.open(deployment);
                Feeder feeder = new Feeder(deployment, new Events(topics.jobs(), registry));
                ContenderProcess process = start(contender, prefix, home)) {
            current = process;
            warmUp(round, contender, process, feeder, results);
            for (Workload workload : settings.phases(contender)) {
                PhaseFigures phase = measure(round, contender, workload, process, feeder, results);
                figures.add(phase);
                listener.measured(round, phase);
            }
        } finally {
            current = null;
        }
        return figures;
    }

    private ContenderProcess start(Contender contender, String prefix, Path home) throws IOException {
        if (!contender.isWorker()) {
            return ContenderProcess.peer(
                    new PeerMain.Settings(
                            contender,
                            stack.bootstrap(),
                            stack.registryUrl(),
                            prefix,
                            settings.contexts(),
                            settings.commitInterval()),
                    home);
        }
        if (launcher == null) {
            throw new IOException(
                    "cannot run without deploy/headstream: start the bench with it, or from the project's folder");
        }
        return ContenderProcess.worker(
                launcher,
                Map.of(
                        "kafka.bootstrapServers", stack.bootstrap(),
                        "kafka.groupId", prefix + ".bench",
                        "registry.urls", stack.registryUrl(),
                        "topics.prefix", prefix,
                        "delivery.mode", contender.id(),
                        "delivery.commitInterval", settings.commitInterval().toMillis() + "ms",
                        "contexts.max", Integer.toString(settings.contexts()),
                        "workDirectory", home.toString(),
                        "management.port", "0"),
                home);
    }

    private void warmUp(int round, Contender contender, ContenderProcess process, Feeder feeder, ResultWatch results)
            throws IOException, InterruptedException {
        Workload workload = Workload.noOp(WARM_UP);
        results.begin("warm", WARM_UP);
        listener.working(round, contender, "warming up", 0, WARM_UP);
        feeder.send("warm", workload, 0, WARM_UP);
        if (!results.await(WARM_UP, START_PATIENCE)) {
            throw new IOException("wrote " + results.seen() + " of " + WARM_UP + " results and then none for "
                    + START_PATIENCE.toSeconds() + " s" + process.tail());
        }
    }

    private PhaseFigures measure(
            int round,
            Contender contender,
            Workload workload,
            ContenderProcess process,
            Feeder feeder,
            ResultWatch results)
            throws IOException, InterruptedException {
        results.begin(workload.id(), workload.records());
        int collections = process.heap().collections();
        double cpuBefore = process.cpuSeconds();
        long begun = System.nanoTime();
        long[] due = new long[0];
        if (workload.isOpenLoop()) {
            due = feeder.sendInTime(workload.id(), workload);
        } else {
            begun = layOut(workload, process, feeder);
            keepUp(round, contender, workload, feeder, results);
        }
        if (!results.await(workload.records(), PATIENCE)) {
            throw new IOException(workload.id() + ": wrote " + results.seen() + " of " + workload.records()
                    + " results and then none for " + PATIENCE.toSeconds() + " s" + process.tail());
        }
        double cpuSeconds = process.cpuSeconds() - cpuBefore;
        ResultWatch.Seen seen = results.now();
        double wallSeconds = (seen.lastNanos() - begun) / 1e9;
        List<Long> added = added(workload, due, seen);
        HeapLog heap = process.heap();
        int fifth = (heap.collections() - collections) / 5;
        return new PhaseFigures(
                contender.id(),
                workload.id(),
                workload.records(),
                settings.contexts(),
                workload.totalMillis() / 1_000.0 / (settings.contexts() * wallSeconds),
                workload.records() / wallSeconds,
                cpuSeconds * 1e6 / workload.records(),
                Samples.quantile(added, 0.5) / 1e6,
                Samples.quantile(added, 0.99) / 1e6,
                seen.repeated(),
                heap.leastAfter(heap.collections() - fifth, heap.collections())
                        - heap.leastAfter(collections, collections + fifth),
                1);
    }

    /** Puts what fits into the topic while nobody takes it; returns when the contender was released. */
    private static long layOut(Workload workload, ContenderProcess process, Feeder feeder)
            throws IOException, InterruptedException {
        process.hold();
        try {
            feeder.send(workload.id(), workload, 0, Math.min(BACKLOG, workload.records()));
        } finally {
            process.release();
        }
        return System.nanoTime();
    }

    private void keepUp(int round, Contender contender, Workload workload, Feeder feeder, ResultWatch results)
            throws IOException, InterruptedException {
        int sent = Math.min(BACKLOG, workload.records());
        while (sent < workload.records()) {
            int next = Math.min(sent + BACKLOG / 10, workload.records());
            if (!results.await(next - BACKLOG, PATIENCE)) {
                return; // said below, with what the contender has to say
            }
            feeder.send(workload.id(), workload, sent, next);
            sent = next;
            listener.working(round, contender, workload.id(), results.seen(), workload.records());
        }
    }

    private static List<Long> added(Workload workload, long[] due, ResultWatch.Seen seen) {
        return LongStream.range(0, due.length)
                .map(i -> seen.nanos()[(int) i] - due[(int) i] - workload.workMillis()[(int) i] * 1_000_000L)
                .boxed()
                .toList();
    }

    /** Ends whatever runs and removes all temporary files. May be called from any thread and more than once. */
    @Override
    public void close() throws IOException {
        closed = true;
        ContenderProcess running = current;
        if (running != null) {
            running.close();
        }
        stack.close();
        TemporaryFolder.remove(folder);
    }
}
