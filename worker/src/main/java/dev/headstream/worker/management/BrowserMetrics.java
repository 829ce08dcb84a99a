package dev.headstream.worker.management;

import dev.headstream.worker.browser.BrowserEvents;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * Counts what happens to the browser and its contexts. Each counter is there with zero from the start. Lanes are not
 * told apart: which one it was is for the log. Thread-safe; no call blocks or fails.
 */
public final class BrowserMetrics implements BrowserEvents {
    private final MeterRegistry registry;
    private final Counter created;
    private final Counter pageCrashes;
    private final Map<Reason, Counter> recycled;
    private final Map<Reason, Counter> reconnects;
    private final Map<Reason, Counter> restarts;
    private final Map<Rung, Counter> timeouts;
    private final Map<Retirement, Counter> retired;
    private final Counter retirementFailures;

    /** Registers the meters. */
    public BrowserMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.created = WorkerMeters.CONTEXT_CREATED.spec().counter(registry);
        this.pageCrashes = WorkerMeters.PAGE_CRASHES.spec().counter(registry);
        this.recycled = counters(WorkerMeters.CONTEXT_RECYCLED, Reason.class);
        this.reconnects = counters(WorkerMeters.LANE_RECONNECTS, Reason.class);
        this.restarts = counters(WorkerMeters.BROWSER_RESTARTS, Reason.class);
        this.timeouts = counters(WorkerMeters.TIMEOUTS, Rung.class);
        this.retired = counters(WorkerMeters.BROWSER_RETIRED, Retirement.class);
        this.retirementFailures = WorkerMeters.RETIREMENT_FAILURES.spec().counter(registry);
    }

    /** Makes gauges of the contexts: with a job, kept for one, allowed now, and allowed at most. */
    public void watchContexts(IntSupplier used, IntSupplier kept, IntSupplier limit, int max) {
        WorkerMeters.CONTEXTS.spec().gauge(registry, kept::getAsInt, "kept");
        WorkerMeters.CONTEXTS.spec().gauge(registry, used::getAsInt, "used");
        WorkerMeters.CONTEXTS.spec().gauge(registry, limit::getAsInt, "limit");
        WorkerMeters.CONTEXTS.spec().gauge(registry, () -> max, "max");
    }

    @Override
    public void contextCreated(String lane) {
        created.increment();
    }

    @Override
    public void contextRecycled(String lane, Reason reason) {
        increment(recycled, reason);
    }

    @Override
    public void pageCrashed(String lane) {
        pageCrashes.increment();
    }

    @Override
    public void timeout(String lane, Rung rung) {
        increment(timeouts, rung);
    }

    @Override
    public void laneReconnected(String lane, Reason reason) {
        increment(reconnects, reason);
    }

    @Override
    public void browserRestarted(Reason reason) {
        increment(restarts, reason);
    }

    @Override
    public void browserRetired(Retirement why) {
        increment(retired, why);
    }

    @Override
    public void retirementFailed(Retirement why) {
        retirementFailures.increment();
    }

    private <E extends Enum<E>> Map<E, Counter> counters(WorkerMeters meter, Class<E> tag) {
        Map<E, Counter> counters = new EnumMap<>(tag);
        for (E value : tag.getEnumConstants()) {
            counters.put(value, meter.spec().counter(registry, value.name().toLowerCase(Locale.ROOT)));
        }
        return counters;
    }

    private static <E extends Enum<E>> void increment(Map<E, Counter> counters, E tag) {
        Counter counter = counters.get(tag);
        if (counter != null) {
            counter.increment();
        }
    }
}
