package dev.headstream.worker.command;

import dev.headstream.worker.capacity.ProcessMemory;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Samples what this process and all below it use, and keeps the most. Thread-safe. */
final class PeakMemory implements AutoCloseable {
    private static final int PERIOD_MILLIS = 500;

    private final ProcessMemory memory = ProcessMemory.ofThisProcess();
    private final AtomicLong peak = new AtomicLong();
    private final ScheduledExecutorService sampler;
    private final ScheduledFuture<?> sampling;

    PeakMemory() {
        sampler = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "peak-memory");
            thread.setDaemon(true);
            return thread;
        });
        sampling = sampler.scheduleWithFixedDelay(this::sample, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void sample() {
        peak.accumulateAndGet(memory.read().totalBytes(), Math::max);
    }

    long bytes() {
        return peak.get();
    }

    @Override
    public void close() {
        sampling.cancel(false);
        sampler.shutdownNow();
    }
}
