package dev.headstream.loadgen.bench.kills;

import dev.headstream.loadgen.bench.ProcessTree;
import dev.headstream.loadgen.bench.WorkerUnderLoad;
import dev.headstream.loadgen.bench.kills.KillsReport.FaultFigures;
import dev.headstream.loadgen.demo.Cleanup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    private static final Map<String, String> WORKER = Map.of(
            "contexts.max", "1",
            // so that nothing but the lane itself is waited for
            "retry.initial", "1ms",
            "retry.max", "1ms",
            "retry.maxInterruptions", "1000",
            "circuit.breaker", "off");

    private static final int AHEAD = 4;
    private static final int WARM_UP = 8;
    /** Pages between two kills: a browser that served none would be started again more and more slowly. */
    private static final int PAGES_BETWEEN = 2;
    /** While a job of this bench is certainly at work, after its page has opened. */
    private static final int LATEST_MILLIS = 150;

    private static final Duration UP = Duration.ofSeconds(90);
    private static final Duration RECOVERY = Duration.ofSeconds(90);
    private static final Duration SETTLED = Duration.ofSeconds(20);
    private static final Duration ENDED = Duration.ofSeconds(60);
    private static final Duration ORPHANS = Duration.ofSeconds(5);

    private final Settings settings;
    private final Listener listener;
    private final Cleanup cleanup;
    private final WorkerUnderLoad worker;
    private final Victims victims;
    private final Random random;

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
        this.worker = new WorkerUnderLoad(cleanup, settings.launcher(), "kills", WORKER, result -> {});
        this.victims = new Victims(worker.process().pid(), random);
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

    /** Does all of it. */
    public KillsReport run() throws IOException, InterruptedException {
        awaitPages(WARM_UP, UP);
        worker.runEmpty();
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
        return new KillsReport(
                figures, worker.sent(), worker.received(), before, after, after.above(before), leftAfterEnd);
    }

    private FaultFigures kill(Fault fault, int from, int until, Holdings before)
            throws IOException, InterruptedException {
        List<Long> recoveryMillis = new ArrayList<>();
        for (int number = from; number < until; number++) {
            awaitPages(PAGES_BETWEEN, RECOVERY);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(LATEST_MILLIS));
            if (!victims.kill(fault)) {
                throw new IOException("found no " + fault.id() + " of the worker to kill" + worker.tail());
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
        long wanted = worker.openedPages() + more;
        long until = System.nanoTime() + patience.toNanos();
        for (int round = 0; worker.openedPages() < wanted; round++) {
            if (round % 20 == 0) {
                worker.keepBusy(AHEAD, Long.MAX_VALUE);
            }
            worker.check(until, "did not open a page within " + patience.toSeconds() + " s");
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    /** What it holds when it is empty; what goes away by itself within a while does not count. */
    private Holdings settled(Holdings before) throws IOException, InterruptedException {
        worker.runEmpty();
        long until = System.nanoTime() + SETTLED.toNanos();
        Holdings now = look();
        while (!now.above(before).isEmpty() && System.nanoTime() < until) {
            TimeUnit.MILLISECONDS.sleep(500);
            now = look();
        }
        return now;
    }

    private Holdings look() throws IOException {
        ProcessTree tree = worker.tree();
        tree.refresh();
        return Holdings.of(worker.process().pid(), tree.living(), worker.workFolder(), worker.temporaryFolder());
    }

    /** Ends it as an operator does, and looks what is there then. */
    private Map<String, Long> end() throws IOException, InterruptedException {
        ProcessTree tree = worker.tree();
        tree.refresh();
        worker.process().terminate();
        if (!worker.process().awaitEnd(ENDED)) {
            throw new IOException("does not end within " + ENDED.toSeconds() + " s" + worker.tail());
        }
        long until = System.nanoTime() + ORPHANS.toNanos();
        do {
            TimeUnit.MILLISECONDS.sleep(100);
            tree.refresh();
        } while (!tree.living().isEmpty() && System.nanoTime() < until);
        Map<String, Long> left = new LinkedHashMap<>();
        put(left, "processes", tree.living().size());
        put(left, "browser folders", Files.exists(worker.workFolder().resolve("0")) ? 1 : 0);
        put(left, "temporary files", Holdings.entries(worker.temporaryFolder(), 1));
        return left;
    }

    private static void put(Map<String, Long> left, String name, long count) {
        if (count > 0) {
            left.put(name, count);
        }
    }

    /** Ends whatever runs and removes all files. May be called from any thread and more than once. */
    @Override
    public void close() {
        cleanup.close();
    }
}
