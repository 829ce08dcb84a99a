package dev.headstream.worker.capacity;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the worker within its memory: fewer contexts above the soft limit, another browser above the hard one, another
 * worker if that does not help. A listener of {@link MemorySampler}; confined to its thread.
 */
public final class MemoryGuard implements Consumer<MemorySample> {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryGuard.class);

    private final ConcurrencyLimit concurrency;
    private final BreachEscalation escalation;
    private final LimitTarget target;
    private final DoubleSupplier cpuLoad;
    private final DoubleSupplier slowdown;
    private final Consumer<Breach> onBreach;

    /**
     * What the guard keeps to.
     *
     * @param maxContexts the cap; also what it starts from
     * @param cpus CPUs that the worker may use
     * @param soft share of the memory limit above which contexts are given up
     * @param hard share of the memory limit above which the browser is replaced
     * @param grace how long a new browser has to help before the worker is replaced
     * @param sampleInterval how often samples come
     */
    public record Settings(
            int maxContexts, int cpus, double soft, double hard, Duration grace, Duration sampleInterval) {
        public Settings {
            if (soft >= hard) {
                throw new IllegalArgumentException("soft " + soft + " must be below hard " + hard);
            }
        }

        private int graceSamples() {
            return (int) Math.max(1, grace.toMillis() / Math.max(1, sampleInterval.toMillis()));
        }
    }

    /**
     * Limits nothing before the first sample.
     *
     * @param cpuLoad used share of the CPU since it was last asked, see {@link CpuLoad}
     * @param slowdown how many times longer steps take than usual, see {@link StepSlowdown#take}
     * @param onBreach called at most once for each remedy that is due; must not block
     */
    public MemoryGuard(
            Settings settings,
            LimitTarget target,
            DoubleSupplier cpuLoad,
            DoubleSupplier slowdown,
            Consumer<Breach> onBreach) {
        this.concurrency =
                new ConcurrencyLimit(new ConcurrencyLimit.Bounds(settings.maxContexts, settings.cpus, settings.soft));
        this.escalation = new BreachEscalation(settings.hard, settings.graceSamples());
        this.target = target;
        this.cpuLoad = cpuLoad;
        this.slowdown = slowdown;
        this.onBreach = onBreach;
    }

    @Override
    public void accept(MemorySample sample) {
        int before = concurrency.limit();
        ConcurrencyLimit.Decision decision = concurrency.accept(new ConcurrencyLimit.Sample(
                sample.share(), cpuLoad.getAsDouble(), slowdown.getAsDouble(), target.inUse()));
        boolean stuck = decision.reason() == ConcurrencyLimit.Reason.MEMORY_AT_FLOOR;
        escalation.accept(sample.share(), stuck).ifPresent(breach -> breached(breach, sample));
        if (concurrency.limit() != before) {
            LOG.atInfo()
                    .addKeyValue("contexts", concurrency.limit())
                    .addKeyValue("before", before)
                    .addKeyValue("reason", decision.reason())
                    .addKeyValue("memoryPercent", Math.round(100 * sample.share()))
                    .log("The number of contexts changes");
            target.limit(concurrency.limit());
        }
    }

    private void breached(Breach breach, MemorySample sample) {
        LOG.atWarn()
                .addKeyValue("breach", breach)
                .addKeyValue("usedBytes", sample.reading().totalBytes())
                .addKeyValue("limitBytes", sample.limit().bytes())
                .addKeyValue("limitSource", sample.limit().source())
                .log("Memory is above its limit");
        concurrency.collapse();
        onBreach.accept(breach);
    }
}
