package dev.headstream.worker.management;

import static dev.headstream.pipeline.metrics.MeterSpec.counter;
import static dev.headstream.pipeline.metrics.MeterSpec.gauge;

import dev.headstream.pipeline.metrics.MeterSpec;

/** Every meter of the browser half; those of the pipeline are in {@link dev.headstream.pipeline.metrics.Meters}. */
public enum WorkerMeters {
    CONTEXTS(gauge(
            "headstream.contexts",
            "",
            "Browser contexts: used (with a job), limit (allowed now), max (the cap)",
            "state")),
    CONTEXT_CREATED(counter("headstream.context.created", "Contexts opened")),
    CONTEXT_RECYCLED(counter(
            "headstream.context.recycled", "Contexts thrown away instead of closed, or replaced early", "reason")),
    PAGE_CRASHES(counter("headstream.page.crashes", "Pages whose renderer died")),
    TIMEOUTS(counter("headstream.timeouts", "Deadlines passed, by each rung it took to free the lane", "rung")),
    LANE_RECONNECTS(counter("headstream.lane.reconnects", "Lanes that got a new connection", "reason")),
    BROWSER_RESTARTS(counter("headstream.browser.restarts", "Browsers that died or were killed", "reason")),
    MEMORY_PSS(gauge("headstream.memory.pss", "bytes", "Memory of the worker's processes by kind", "process")),
    MEMORY_PEAK(gauge("headstream.memory.peak", "bytes", "The most that all processes together ever used")),
    MEMORY_LIMIT(gauge("headstream.memory.limit", "bytes", "What all processes together may use"));

    @SuppressWarnings("ImmutableEnumChecker") // a record that copies its lists
    private final MeterSpec spec;

    WorkerMeters(MeterSpec spec) {
        this.spec = spec;
    }

    /** Its declaration. */
    public MeterSpec spec() {
        return spec;
    }
}
