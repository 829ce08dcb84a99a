package dev.headstream.worker.capacity;

import dev.headstream.worker.management.WorkerMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures memory at a fixed delay, keeps the last samples, shows them as gauges and hands each to its listeners, on the
 * scheduler's thread. Thread-safe.
 */
public final class MemorySampler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemorySampler.class);
    private static final int KEPT = 150;

    private final Supplier<MemoryReading> memory;
    private final Supplier<MemoryLimit> limit;
    private final List<Consumer<MemorySample>> listeners = new CopyOnWriteArrayList<>();
    /** Newest last, {@link #KEPT} at most; guarded by itself. */
    private final Deque<MemorySample> recent = new ArrayDeque<>();

    private volatile @Nullable MemorySample last;
    private volatile long peakBytes;
    private volatile @Nullable Future<?> schedule;

    /** Registers the gauges; measures nothing before {@link #start} or {@link #sample}. */
    public MemorySampler(Supplier<MemoryReading> memory, Supplier<MemoryLimit> limit, MeterRegistry registry) {
        this.memory = memory;
        this.limit = limit;
        for (ProcessKind kind : ProcessKind.values()) {
            WorkerMeters.MEMORY_PSS
                    .spec()
                    .gauge(
                            registry,
                            () -> last().map(sample -> sample.reading().bytes(kind))
                                    .orElse(0L),
                            kind.tag());
        }
        WorkerMeters.MEMORY_PEAK.spec().gauge(registry, () -> peakBytes);
        WorkerMeters.MEMORY_LIMIT.spec().gauge(registry, () -> last().map(
                        sample -> sample.limit().bytes())
                .orElse(0L));
    }

    /** Adds a listener of all further samples; it must be quick. */
    public void onSample(Consumer<MemorySample> listener) {
        listeners.add(listener);
    }

    /** Begins to measure; the scheduler stays the caller's. */
    public void start(ScheduledExecutorService scheduler, Duration interval) {
        schedule = scheduler.scheduleWithFixedDelay(this::trySample, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Measures once, now. */
    public MemorySample sample() {
        MemorySample sample = new MemorySample(memory.get(), limit.get());
        synchronized (recent) {
            recent.addLast(sample);
            if (recent.size() > KEPT) {
                recent.removeFirst();
            }
            peakBytes = Math.max(peakBytes, sample.reading().totalBytes());
        }
        last = sample;
        listeners.forEach(listener -> listener.accept(sample));
        return sample;
    }

    /** The newest sample; empty before the first. */
    public Optional<MemorySample> last() {
        return Optional.ofNullable(last);
    }

    /** The last samples, newest last. */
    public List<MemorySample> recent() {
        synchronized (recent) {
            return List.copyOf(recent);
        }
    }

    /** The most that all processes together used in any sample. */
    public long peakBytes() {
        return peakBytes;
    }

    /** Stops measuring. */
    @Override
    public void close() {
        Future<?> running = schedule;
        if (running != null) {
            running.cancel(false);
        }
    }

    /** The edge of the loop: a failure here would end the schedule without a word. */
    private void trySample() {
        try {
            sample();
        } catch (RuntimeException failed) {
            LOG.warn("Memory could not be measured", failed);
        }
    }
}
