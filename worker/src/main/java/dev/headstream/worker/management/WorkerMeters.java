package dev.headstream.worker.management;

import static dev.headstream.pipeline.metrics.MeterSpec.counter;
import static dev.headstream.pipeline.metrics.MeterSpec.gauge;

import dev.headstream.pipeline.metrics.MeterSpec;

/** Every meter of the browser half; those of the pipeline are in {@link dev.headstream.pipeline.metrics.Meters}. */
public enum WorkerMeters {
    CONTEXTS(gauge(
            "headstream.contexts",
            "",
            "Browser contexts: used (with a job), kept (logged in, for jobs to come), limit (allowed now), max (the cap)",
            "state")),
    CONTEXT_CREATED(counter("headstream.context.created", "Contexts opened")),
    CONTEXT_RECYCLED(counter(
            "headstream.context.recycled", "Contexts thrown away instead of closed, or replaced early", "reason")),
    CACHE_REQUESTS(counter(
            "headstream.cache.requests",
            "Steps that may be cached, by what became of them: hit, negative (a failure that is kept), shared (either,"
                    + " known from another worker), coalesced, miss, bypass",
            "flow",
            "step",
            "result")),
    CACHE_SIZE(gauge("headstream.cache.size", "bytes", "What the results that are kept take")),
    CACHE_EXCHANGE(counter(
            "headstream.cache.exchange",
            "Results on their way between workers: published, taken; secret, oversized, dropped (not published);"
                    + " untimely, unknown, unreadable (left out)",
            "result")),
    SESSIONS(counter(
            "headstream.sessions",
            "Jobs of flows with sessions: warm (logged in by a job before), cold, remade (was logged out)",
            "flow",
            "use")),
    SESSIONS_WARMED(counter(
            "headstream.sessions.warmed",
            "Logins ahead of need: made, failed, interrupted (a job wanted the context)",
            "flow",
            "result")),
    CIRCUIT_STATE(gauge(
            "headstream.circuit.state",
            "",
            "Circuit of a flow: 0 closed, 1 half open (a few attempts), 2 open",
            "flow")),
    CIRCUIT_POSTPONED(counter(
            "headstream.circuit.postponed", "Attempts put off because the circuit of their flow was open", "flow")),
    PAGE_CRASHES(counter("headstream.page.crashes", "Pages whose renderer died")),
    TIMEOUTS(counter("headstream.timeouts", "Deadlines passed, by each rung it took to free the lane", "rung")),
    LANE_RECONNECTS(counter("headstream.lane.reconnects", "Lanes that got a new connection", "reason")),
    BROWSER_RESTARTS(counter("headstream.browser.restarts", "Browsers that died or were killed", "reason")),
    BROWSER_RETIRED(counter(
            "headstream.browser.retired",
            "Browsers that still worked and were replaced, for their jobs, age, memory or the worker's limit",
            "reason")),
    RETIREMENT_FAILURES(counter(
            "headstream.browser.retirement.failures", "Second browsers that did not start, so that the first went on")),
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
