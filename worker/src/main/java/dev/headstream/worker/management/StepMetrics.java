package dev.headstream.worker.management;

import dev.headstream.worker.cache.CacheEvents;
import dev.headstream.worker.circuit.CircuitEvents;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.run.RunObserver;
import dev.headstream.worker.run.SessionUse;
import dev.headstream.worker.warm.WarmEvents;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Counts what steps were spared: by the cache, by other jobs, by sessions, by circuits. Each counter is there with zero from the start.
 * Thread-safe; no call blocks or fails.
 */
public final class StepMetrics implements CacheEvents, CircuitEvents, RunObserver, WarmEvents {
    private final MeterRegistry registry;
    private final Map<String, AtomicInteger> circuits = new ConcurrentHashMap<>();

    /** Registers the meters of all that the flows declare, which bounds their number. */
    public StepMetrics(MeterRegistry registry, Collection<Flow> flows) {
        this.registry = registry;
        flows.forEach(this::register);
        for (CacheEvents.Exchange what : CacheEvents.Exchange.values()) {
            WorkerMeters.CACHE_EXCHANGE.spec().counter(registry, word(what));
        }
    }

    private void register(Flow flow) {
        AtomicInteger circuit = circuits.computeIfAbsent(flow.name(), name -> new AtomicInteger());
        WorkerMeters.CIRCUIT_STATE.spec().gauge(registry, circuit::get, flow.name());
        WorkerMeters.CIRCUIT_POSTPONED.spec().counter(registry, flow.name());
        for (Step step : flow.steps()) {
            for (CacheEvents.Result result :
                    step.cache().isPresent() ? CacheEvents.Result.values() : new CacheEvents.Result[0]) {
                WorkerMeters.CACHE_REQUESTS.spec().counter(registry, flow.name(), step.name(), word(result));
            }
        }
        for (SessionUse use : flow.session().isPresent() ? SessionUse.values() : new SessionUse[0]) {
            WorkerMeters.SESSIONS.spec().counter(registry, flow.name(), word(use));
        }
        boolean warmed = flow.session().filter(rule -> rule.warm() > 0).isPresent();
        for (WarmEvents.Result result : warmed ? WarmEvents.Result.values() : new WarmEvents.Result[0]) {
            WorkerMeters.SESSIONS_WARMED.spec().counter(registry, flow.name(), word(result));
        }
    }

    /** Makes a gauge of the cache's size, which is asked at each scrape. */
    public void watchCache(LongSupplier bytes) {
        WorkerMeters.CACHE_SIZE.spec().gauge(registry, bytes::getAsLong);
    }

    @Override
    public void requested(String flow, String step, CacheEvents.Result result) {
        WorkerMeters.CACHE_REQUESTS
                .spec()
                .counter(registry, flow, step, word(result))
                .increment();
    }

    @Override
    public void exchanged(CacheEvents.Exchange what) {
        WorkerMeters.CACHE_EXCHANGE.spec().counter(registry, word(what)).increment();
    }

    @Override
    public void changed(String flow, State state) {
        circuits.computeIfAbsent(flow, name -> new AtomicInteger()).set(state.level());
    }

    @Override
    public void postponed(String flow) {
        WorkerMeters.CIRCUIT_POSTPONED.spec().counter(registry, flow).increment();
    }

    @Override
    public void sessionUsed(String flow, SessionUse use) {
        WorkerMeters.SESSIONS.spec().counter(registry, flow, word(use)).increment();
    }

    @Override
    public void warmed(String flow, WarmEvents.Result result) {
        WorkerMeters.SESSIONS_WARMED
                .spec()
                .counter(registry, flow, word(result))
                .increment();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
