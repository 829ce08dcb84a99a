package dev.headstream.loadgen.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Reads the worker's metrics every second on a thread of its own and keeps the peaks. A worker that does not answer is not
 * an error here: it may be starting, ending, or hung, and its results tell. Thread-safe.
 */
final class WorkerWatch implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Supplier<OptionalInt> port;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final ScheduledExecutorService clock;
    private final Map<String, Long> peaks = new TreeMap<>();

    private volatile WorkerSample latest = WorkerSample.NONE;
    private long totalPeak;

    private WorkerWatch(Supplier<OptionalInt> port) {
        this.port = port;
        this.clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "demo-worker-watch");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Watches whichever worker listens on the port, which may change. */
    static WorkerWatch start(Supplier<OptionalInt> port) {
        WorkerWatch watch = new WorkerWatch(port);
        var unused = watch.clock.scheduleWithFixedDelay(watch::look, 200, 1_000, TimeUnit.MILLISECONDS);
        return watch;
    }

    /** The newest sample; empty before the first. */
    WorkerSample latest() {
        return latest;
    }

    /** The most memory that all processes used at the same time, in bytes; 0 if it never told. */
    synchronized long pssPeakBytes() {
        return totalPeak;
    }

    /** The most memory of each kind of process, at different times maybe. */
    synchronized Map<String, Long> pssPeakByProcess() {
        return new TreeMap<>(peaks);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private void look() {
        OptionalInt at = port.get();
        if (at.isEmpty()) {
            return;
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.getAsInt() + "/metrics"))
                .timeout(PATIENCE)
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 200) {
                take(WorkerSample.parse(answer.body()));
            }
        } catch (IOException noAnswer) {
            // see the class comment
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void take(WorkerSample sample) {
        latest = sample;
        totalPeak = Math.max(totalPeak, sample.totalPssBytes());
        sample.pssBytes().forEach((kind, bytes) -> peaks.merge(kind, bytes, Math::max));
    }
}
