package dev.headstream.loadgen.bench.kills;

import dev.headstream.loadgen.bench.BrowserBench;
import dev.headstream.loadgen.bench.ProcessTree;
import dev.headstream.loadgen.bench.kills.KillsReport.FaultFigures;
import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.demo.Cleanup;
import dev.headstream.loadgen.demo.ScratchFolder;
import dev.headstream.loadgen.demo.WorkerProcess;
import dev.headstream.loadgen.results.ResultReader;
import dev.headstream.loadgen.site.DemoSite;
import dev.headstream.loadgen.stack.LocalStack;
import dev.headstream.loadgen.submit.JobSender;
import dev.headstream.v1.JobRequested;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A worker with one context and always something to do, whose browser is killed in the middle of jobs. It is back in
 * service when it opens the next page, which the portal sees. Before, between and after the kinds of kills it is let run
 * empty, and what it holds is compared. All load stays on loopback. Confined to one thread.
 */
public final class KillsBench implements AutoCloseable {
    private static final String PAGE = "/search";
    private static final String FLOW = "search.yaml";
    private static final int AHEAD = 4;
    private static final int WARM_UP = 8;
    /** Pages between two kills: a browser that served none would be started again more and more slowly. */
    private static final int PAGES_BETWEEN = 2;
    /** While a job of this bench is certainly at work, after its page has opened. */
    private static final int LATEST_MILLIS = 150;

    private static final Duration UP = Duration.ofSeconds(90);
    private static final Duration RECOVERY = Duration.ofSeconds(90);
    private static final Duration DONE = Duration.ofMinutes(2);
    private static final Duration SETTLED = Duration.ofSeconds(20);
    private static final Duration ENDED = Duration.ofSeconds(60);
    private static final Duration ORPHANS = Duration.ofSeconds(5);

    private final Settings settings;
    private final Listener listener;
    private final Cleanup cleanup;
    private final DemoSite site;
    private final JobSender sender;
    private final ResultReader results;
    private final WorkerProcess worker;
    private final ProcessTree tree;
    private final Victims victims;
    private final Random random;
    private final Path work;
    private final Path temporary;
    private long sent;
    private long received;
    private long looked;

    /**
     * What is done.
     *
     * @param kills how many in all, shared among the faults
     * @param launcher that starts the worker
     */
    public record Settings(int kills, List<Fault> faults, long seed, Path launcher) {
        public Settings {
            faults = List.copyOf(faults);
            if (faults.isEmpty() || kills < faults.size() || kills > 100_000) {
                throw new IllegalArgumentException("kills are from " + Math.max(1, faults.size())
                        + " (one of each fault) to 100000, not " + kills + " of " + faults.size() + " faults");
            }
        }
    }

    /** Told how it gets on. */
    @FunctionalInterface
    public interface Listener {
        void killed(Fault fault, int done, int of, long recoveryMillis);
    }

    private KillsBench(Settings settings, Listener listener, Cleanup cleanup) throws Exception {
        this.settings = settings;
        this.listener = listener;
        this.cleanup = cleanup;
        this.random = new Random(settings.seed());
        Path folder = cleanup.open("folder", ScratchFolder::create).path();
        this.work = cleanup.open("work folder", ScratchFolder::createShort).path();
        this.temporary = Files.createDirectory(folder.resolve("tmp"));
        this.site = cleanup.open("portal", DemoSite::start);
        LocalStack stack = cleanup.open(
                "stack",
                () -> LocalStack.start(LocalStack.Options.defaults()
                        .withDataDirectory(folder.resolve("kafka"))
                        .withPartitions(1)));
        Deployment deployment = new Deployment(stack.bootstrap(), stack.registryUrl(), stack.topics(), Map.of());
        this.sender = cleanup.open("sender", () -> JobSender.open(deployment));
        this.results = cleanup.open("results", () -> ResultReader.open(deployment));
        results.fromEnd();
        WorkerProcess.Start start =
                new WorkerProcess.Start(command(deployment, folder), environment(), work, folder.resolve("log"));
        this.worker = cleanup.open("worker", () -> WorkerProcess.start(start));
        this.tree = new ProcessTree(worker.pid());
        this.victims = new Victims(worker.pid(), random);
    }

    /** Starts the portal, Kafka and a worker. */
    public static KillsBench open(Settings settings, Listener listener) throws Exception {
        Cleanup cleanup = new Cleanup();
        try {
            return new KillsBench(settings, listener, cleanup);
        } catch (Exception e) {
            cleanup.close();
            throw e;
        }
    }

    /** Whether this machine can kill lanes' connections. */
    public static boolean canKillConnections() {
        return Victims.canKillConnections();
    }

    private List<String> command(Deployment deployment, Path folder) throws IOException {
        Map<String, String> with = new LinkedHashMap<>();
        with.put("kafka.bootstrapServers", deployment.bootstrap());
        with.put("registry.urls", deployment.registry());
        with.put("flows", flows(folder).toString());
        with.put("contexts.max", "1");
        with.put("workDirectory", work.toString());
        with.put("artifacts", folder.resolve("artifacts").toString());
        with.put("management.port", "0");
        // so that nothing but the lane itself is waited for
        with.put("retry.initial", "1ms");
        with.put("retry.max", "1ms");
        with.put("retry.maxInterruptions", "1000");
        with.put("circuit.breaker", "off");
        List<String> command = new ArrayList<>(List.of(settings.launcher().toString(), "worker"));
        with.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        return command;
    }

    private Map<String, String> environment() {
        return Map.of("HEADSTREAM_BUILD", "skip", "HEADSTREAM_SETUP", "skip", "TMPDIR", temporary.toString());
    }

    private static Path flows(Path folder) throws IOException {
        Path flows = Files.createDirectories(folder.resolve("flows"));
        try (InputStream in = BrowserBench.class.getResourceAsStream(FLOW)) {
            if (in == null) {
                throw new IOException("has no " + FLOW + " in its jar");
            }
            Files.write(flows.resolve(FLOW), in.readAllBytes());
        }
        return flows;
    }

    /** Does all of it. */
    public KillsReport run() throws IOException, InterruptedException {
        awaitPages(WARM_UP, UP);
        runEmpty();
        Holdings before = look();
        List<FaultFigures> figures = new ArrayList<>();
        int done = 0;
        for (int i = 0; i < settings.faults().size(); i++) {
            int until = settings.kills() * (i + 1) / settings.faults().size();
            figures.add(kill(settings.faults().get(i), done, until, before));
            done = until;
        }
        Holdings after = settled(before);
        Map<String, Long> leftAfterEnd = end();
        return new KillsReport(figures, sent, received, before, after, after.above(before), leftAfterEnd);
    }

    private FaultFigures kill(Fault fault, int from, int until, Holdings before)
            throws IOException, InterruptedException {
        List<Long> recoveryMillis = new ArrayList<>();
        for (int number = from; number < until; number++) {
            awaitPages(PAGES_BETWEEN, RECOVERY);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(LATEST_MILLIS));
            if (!victims.kill(fault)) {
                throw new IOException("found no " + fault.id() + " of the worker to kill" + tail());
            }
            long began = System.nanoTime();
            awaitPages(1, RECOVERY);
            long millis = (System.nanoTime() - began) / 1_000_000;
            recoveryMillis.add(millis);
            listener.killed(fault, number + 1, settings.kills(), millis);
        }
        return FaultFigures.of(fault, recoveryMillis, settled(before).above(before));
    }

    /** Waits until the worker has opened so many more pages, and sees to it that it has enough to do. */
    private void awaitPages(int more, Duration patience) throws IOException, InterruptedException {
        long wanted = site.stats().requests(PAGE) + more;
        long until = System.nanoTime() + patience.toNanos();
        for (int round = 0; site.stats().requests(PAGE) < wanted; round++) {
            if (round % 20 == 0) {
                topUp();
            }
            check(until, "did not open a page within " + patience.toSeconds() + " s");
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private void topUp() {
        take();
        for (; sent - received < AHEAD; sent++) {
            sender.send(JobRequested.newBuilder()
                    .setJobId("kills-" + sent)
                    .setFlow("bench-search")
                    .setInputs(Map.of("site", site.url(), "query", "lamp"))
                    .setSubmittedAt(Instant.now())
                    .setTestRecord(true)
                    .build());
        }
    }

    private void take() {
        received += results.poll(Duration.ZERO).stream()
                .filter(result -> result.getJobId().startsWith("kills-"))
                .count();
    }

    private void runEmpty() throws IOException, InterruptedException {
        sender.flush();
        long until = System.nanoTime() + DONE.toNanos();
        while (received < sent) {
            take();
            check(until, "did not finish its jobs within " + DONE.toSeconds() + " s");
            TimeUnit.MILLISECONDS.sleep(20);
        }
        TimeUnit.MILLISECONDS.sleep(500); // the last context closes after its result
    }

    /** What it holds when it is empty; what goes away by itself within a while does not count. */
    private Holdings settled(Holdings before) throws IOException, InterruptedException {
        runEmpty();
        long until = System.nanoTime() + SETTLED.toNanos();
        Holdings now = look();
        while (!now.above(before).isEmpty() && System.nanoTime() < until) {
            TimeUnit.MILLISECONDS.sleep(500);
            now = look();
        }
        return now;
    }

    private Holdings look() throws IOException {
        tree.refresh();
        return Holdings.of(worker.pid(), tree.living(), work, temporary);
    }

    /** Ends it as an operator does, and looks what is there then. */
    private Map<String, Long> end() throws IOException, InterruptedException {
        tree.refresh();
        worker.terminate();
        if (!worker.awaitEnd(ENDED)) {
            throw new IOException("does not end within " + ENDED.toSeconds() + " s" + tail());
        }
        long until = System.nanoTime() + ORPHANS.toNanos();
        do {
            TimeUnit.MILLISECONDS.sleep(100);
            tree.refresh();
        } while (!tree.living().isEmpty() && System.nanoTime() < until);
        Map<String, Long> left = new LinkedHashMap<>();
        put(left, "processes", tree.living().size());
        put(left, "browser folders", Files.exists(work.resolve("0")) ? 1 : 0);
        put(left, "temporary files", Holdings.entries(temporary, 1));
        return left;
    }

    private static void put(Map<String, Long> left, String name, long count) {
        if (count > 0) {
            left.put(name, count);
        }
    }

    private void check(long until, String problem) throws IOException {
        cleanup.throwIfClosing();
        long now = System.nanoTime();
        if (now - looked > TimeUnit.MILLISECONDS.toNanos(250)) {
            looked = now;
            tree.refresh(); // who is seen once is known also as an orphan
        }
        if (!worker.isAlive()) {
            throw new IOException("has ended" + tail());
        }
        if (now > until) {
            throw new IOException(problem + tail());
        }
    }

    private String tail() {
        return ":\n  " + String.join("\n  ", worker.lastLines(12));
    }

    /** Ends whatever runs and removes all files. May be called from any thread and more than once. */
    @Override
    public void close() {
        cleanup.close();
    }
}
