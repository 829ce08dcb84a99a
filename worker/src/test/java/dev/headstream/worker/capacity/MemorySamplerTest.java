package dev.headstream.worker.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemorySamplerTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void sample_givenReadings_expectsGaugesListenersAndThePeak() {
        AtomicInteger bytes = new AtomicInteger(500);
        MemorySampler sampler =
                new MemorySampler(() -> reading(bytes.get()), () -> new MemoryLimit(1_000, "configured"), registry);
        List<Double> shares = new ArrayList<>();
        sampler.onSample(sample -> shares.add(sample.share()));
        assertThat(sampler.last()).isEmpty();

        sampler.sample();
        bytes.set(200);
        sampler.sample();

        assertThat(shares).containsExactly(0.5, 0.2);
        assertThat(gauge("headstream.memory.pss", "renderer")).isEqualTo(200);
        assertThat(gauge("headstream.memory.pss", "gpu")).isZero();
        assertThat(registry.get("headstream.memory.peak").gauge().value()).isEqualTo(500);
        assertThat(registry.get("headstream.memory.limit").gauge().value()).isEqualTo(1_000);
        assertThat(sampler.peakBytes()).isEqualTo(500);
    }

    @Test
    void recent_givenManySamples_expectsABoundedWindow() {
        MemorySampler sampler =
                new MemorySampler(() -> reading(1), () -> new MemoryLimit(1_000, "configured"), registry);

        for (int index = 0; index < 1_000; index++) {
            sampler.sample();
        }

        assertThat(sampler.recent()).hasSize(150);
    }

    @Test
    void start_givenAFailingReading_expectsTheNextOneAllTheSame() {
        AtomicInteger calls = new AtomicInteger();
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        try (MemorySampler sampler = new MemorySampler(
                () -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new IllegalStateException("the first one fails");
                    }
                    return reading(1);
                },
                () -> new MemoryLimit(1_000, "configured"),
                registry)) {
            sampler.start(scheduler, Duration.ofMillis(1));

            await().until(() -> sampler.last().isPresent());
        } finally {
            scheduler.shutdownNow();
        }
    }

    private double gauge(String name, String process) {
        return registry.get(name).tag("process", process).gauge().value();
    }

    private static MemoryReading reading(long bytes) {
        return new MemoryReading(Map.of(ProcessKind.RENDERER, bytes), 1, 0);
    }
}
