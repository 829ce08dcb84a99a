package dev.headstream.loadgen.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The process that one design runs in, so that its memory and CPU time can be told from everything else's. Started by
 * {@link BrowserBench}; ends as soon as its standard input does, so that it never outlives the bench.
 */
final class ArmMain {
    private final Settings settings;
    private final AtomicInteger taken = new AtomicInteger();
    private final List<Long> jobMillis = new ArrayList<>();
    private int failed;

    /** The arguments, in this order. */
    record Settings(Design design, Path chromium, String site, String query, int jobs, int lanes, Path report) {

        static Settings parse(String[] arguments) {
            return new Settings(
                    Design.parse(arguments[0]),
                    Path.of(arguments[1]),
                    arguments[2],
                    arguments[3],
                    Integer.parseInt(arguments[4]),
                    Integer.parseInt(arguments[5]),
                    Path.of(arguments[6]));
        }

        List<String> arguments() {
            return List.of(
                    design.id(),
                    chromium.toString(),
                    site,
                    query,
                    Integer.toString(jobs),
                    Integer.toString(lanes),
                    report.toString());
        }
    }

    private ArmMain(Settings settings) {
        this.settings = settings;
    }

    public static void main(String[] arguments) {
        ParentWatch.start();
        try {
            new ArmMain(Settings.parse(arguments)).run();
        } catch (Exception e) {
            System.err.println(e); // the bench shows it; where it was thrown helps nobody who compares designs
            System.exit(1);
        }
        System.exit(0); // Playwright's and the HTTP client's threads are of no more use
    }

    private void run() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(settings.lanes());
        try (Lanes lanes = lanes()) {
            long[] started = new long[1];
            CyclicBarrier warm = new CyclicBarrier(settings.lanes(), () -> started[0] = begin());
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < settings.lanes(); i++) {
                running.add(threads.submit(() -> {
                    work(lanes, warm);
                    return null;
                }));
            }
            for (Future<?> lane : running) {
                lane.get();
            }
            long wallMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started[0]);
            RunReport.of(jobMillis, failed, wallMillis).write(settings.report());
        } finally {
            threads.shutdownNow();
        }
    }

    private Lanes lanes() throws IOException {
        return switch (settings.design()) {
            case PROCESS_PER_JOB -> new PlaywrightLanes(settings.chromium(), true);
            case BROWSER_PER_LANE -> new PlaywrightLanes(settings.chromium(), false);
            case RAW_CDP -> DevToolsLanes.start(settings.chromium());
            case HEADSTREAM, HEADSTREAM_KAFKA, PUPPETEER_CLUSTER ->
                throw new IllegalArgumentException(settings.design().id() + " has a program of its own");
        };
    }

    /** Tells the site, and through it the bench, that what follows is work and no longer warming up. */
    private long begin() {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(settings.site() + "/healthz"))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            var unused = HttpClient.newHttpClient().send(request, BodyHandlers.discarding());
        } catch (IOException e) {
            throw new IllegalStateException("the site at " + settings.site() + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return System.nanoTime();
    }

    private void work(Lanes lanes, CyclicBarrier warm) throws Exception {
        try (Lanes.Lane lane = open(lanes)) {
            int unused = warm.await();
            while (taken.getAndIncrement() < settings.jobs()) {
                runJob(lane);
            }
        }
    }

    /** Ends the process if a lane cannot be opened: the others would wait for it for ever. */
    private static Lanes.Lane open(Lanes lanes) throws Exception {
        try {
            return lanes.open();
        } catch (Exception e) {
            System.err.println("a lane could not be opened: " + e);
            System.exit(1);
            throw e;
        }
    }

    private void runJob(Lanes.Lane lane) throws InterruptedException {
        long started = System.nanoTime();
        boolean done = false;
        try {
            done = lane.search(settings.site() + "/search", settings.query()) > 0;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            System.err.println("a job failed: " + e);
        }
        synchronized (this) {
            jobMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
            failed += done ? 0 : 1;
        }
    }
}
