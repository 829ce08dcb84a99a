package dev.headstream.loadgen.bench.soak;

import dev.headstream.loadgen.bench.WorkerUnderLoad;
import dev.headstream.loadgen.demo.Cleanup;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Gives a worker many jobs in a row, and notes memory and times as it goes. Confined to one thread. */
public final class SoakBench implements AutoCloseable {
    private static final Duration UP = Duration.ofSeconds(90);
    private static final Duration STUCK = Duration.ofMinutes(2);
    private static final Duration SAMPLE = Duration.ofSeconds(2);
    private static final Duration TICK = Duration.ofMillis(100);
    /** The first use of everything, which costs memory once. */
    private static final int WARM_UP = 1_000;

    private static final int WINDOW = 250;

    private final Settings settings;
    private final Listener listener;
    private final Cleanup cleanup;
    private final WorkerUnderLoad worker;
    private final List<SoakWindow> windows = new ArrayList<>();
    private final Map<String, Integer> problems = new TreeMap<>();
    private final List<Long> runMillis = new ArrayList<>();
    private final List<Long> pssBytes = new ArrayList<>();
    private long windowBegan = System.nanoTime();

    /**
     * What is done.
     *
     * @param launcher that starts the worker
     */
    public record Settings(int jobs, int contexts, Path launcher) {
        public Settings {
            within("jobs", jobs, 4 * WINDOW, 10_000_000);
            within("contexts", contexts, 1, 64);
        }

        private static void within(String name, int value, int least, int most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(name + " are from " + least + " to " + most + ", not " + value);
            }
        }
    }

    /** Told how it gets on. */
    @FunctionalInterface
    public interface Listener {
        void measured(SoakWindow window, int of);
    }

    private SoakBench(Settings settings, Listener listener, Cleanup cleanup) throws Exception {
        this.settings = settings;
        this.listener = listener;
        this.cleanup = cleanup;
        Map<String, String> with = Map.of("contexts.max", String.valueOf(settings.contexts()));
        this.worker = new WorkerUnderLoad(cleanup, settings.launcher(), "soak", with, this::finished);
    }

    /** Starts the portal, Kafka and a worker. */
    public static SoakBench open(Settings settings, Listener listener) throws Exception {
        Cleanup cleanup = new Cleanup();
        try {
            return new SoakBench(settings, listener, cleanup);
        } catch (Exception e) {
            cleanup.close();
            throw e;
        }
    }

    /** Does all of it. */
    public SoakReport run() throws IOException {
        long sampled = System.nanoTime();
        long until = System.nanoTime() + UP.toNanos();
        long before = 0;
        while (worker.received() < settings.jobs()) {
            worker.keepBusy(2 * settings.contexts(), settings.jobs());
            worker.take(TICK);
            if (worker.received() > before) {
                before = worker.received();
                until = System.nanoTime() + STUCK.toNanos();
            }
            worker.check(until, "finished no job for " + STUCK.toSeconds() + " s");
            if (System.nanoTime() - sampled > SAMPLE.toNanos()) {
                sampled = System.nanoTime();
                pssBytes.add(worker.tree().pssBytes());
            }
        }
        int warmUp = Math.min(WARM_UP, settings.jobs() / 4) / WINDOW;
        return new SoakReport(
                settings.jobs(), settings.contexts(), windows.subList(0, warmUp), after(warmUp), problems);
    }

    private List<SoakWindow> after(int warmUp) {
        return windows.subList(warmUp, windows.size());
    }

    private void finished(JobResult result) {
        runMillis.add(result.getRunMillis());
        if (result.getStatus() != JobStatus.SUCCEEDED) {
            String kind =
                    result.getError() == null ? "" : " " + result.getError().getKind();
            problems.merge(result.getStatus() + kind, 1, Integer::sum);
        }
        if (runMillis.size() == WINDOW) {
            long now = System.nanoTime();
            SoakWindow window = SoakWindow.of(worker.received(), runMillis, pssBytes, now - windowBegan);
            windows.add(window);
            listener.measured(window, settings.jobs());
            windowBegan = now;
            runMillis.clear();
            pssBytes.clear();
        }
    }

    /** Ends whatever runs and removes all files. May be called from any thread and more than once. */
    @Override
    public void close() {
        cleanup.close();
    }
}
