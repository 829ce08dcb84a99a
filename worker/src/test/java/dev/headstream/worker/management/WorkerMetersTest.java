package dev.headstream.worker.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.pipeline.metrics.MeterSpec;
import dev.headstream.worker.browser.BrowserEvents.Reason;
import dev.headstream.worker.browser.BrowserEvents.Rung;
import dev.headstream.worker.cache.CacheEvents;
import dev.headstream.worker.capacity.MemoryLimit;
import dev.headstream.worker.capacity.MemoryReading;
import dev.headstream.worker.capacity.MemorySampler;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.run.SessionUse;
import dev.headstream.worker.warm.WarmEvents;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkerMetersTest {
    private static final Flow FLOW = FlowFiles.parse(
            "f.yaml",
            """
                flow: f
                version: 1
                site: https://portal.example
                allowedHosts: [portal.example]
                session: {key: all}
                steps:
                  - {name: a, effect: read, cache: {key: a, ttl: 1m}, do: [{navigate: /}]}
                  - {name: b, effect: read, do: [{navigate: /}]}
                """);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final BrowserMetrics metrics = new BrowserMetrics(registry);

    @Test
    void spec_givenAllMeters_expectsOneVocabulary() {
        Set<String> vocabulary = Set.of("state", "reason", "rung", "process", "flow", "step", "result", "use");

        for (WorkerMeters meter : WorkerMeters.values()) {
            assertThat(meter.spec().name()).matches("headstream(\\.[a-z]+)+");
            assertThat(vocabulary).containsAll(meter.spec().tags());
            assertThat(meter.spec().description()).isNotBlank();
            assertThat(Set.of("", "bytes")).contains(meter.spec().unit());
        }
    }

    @Test
    void register_givenAllRecorders_expectsEveryDeclaredMeterAndNoOther() {
        metrics.watchContexts(() -> 0, () -> 0, () -> 0, 0);
        StepMetrics steps = new StepMetrics(registry, List.of(FLOW));
        steps.watchCache(() -> 0);
        steps.requested("search", "look-up", CacheEvents.Result.HIT);
        steps.sessionUsed("search", SessionUse.WARM);
        steps.warmed("search", WarmEvents.Result.MADE);
        steps.postponed("search");
        new MemorySampler(() -> new MemoryReading(Map.of(), 0, 0), () -> new MemoryLimit(1, "configured"), registry)
                .close();

        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsOnly(Arrays.stream(WorkerMeters.values())
                        .map(WorkerMeters::spec)
                        .map(MeterSpec::name)
                        .toArray(String[]::new));
    }

    @Test
    void events_givenEachOnce_expectsEachCountedUnderItsReason() {
        metrics.contextCreated("lane-0");
        metrics.contextRecycled("lane-0", Reason.PAGE_CRASHED);
        metrics.pageCrashed("lane-0");
        metrics.timeout("lane-0", Rung.RECONNECT);
        metrics.laneReconnected("lane-0", Reason.STUCK_TASK);
        metrics.browserRestarted(Reason.DISCONNECTED);

        assertThat(count("headstream.context.created")).isEqualTo(1);
        assertThat(count("headstream.page.crashes")).isEqualTo(1);
        assertThat(count("headstream.context.recycled", "reason", "page_crashed"))
                .isEqualTo(1);
        assertThat(count("headstream.context.recycled", "reason", "retired")).isZero();
        assertThat(count("headstream.timeouts", "rung", "reconnect")).isEqualTo(1);
        assertThat(count("headstream.lane.reconnects", "reason", "stuck_task")).isEqualTo(1);
        assertThat(count("headstream.browser.restarts", "reason", "disconnected"))
                .isEqualTo(1);
    }

    @Test
    void watchContexts_givenChanges_expectsThemByStateUnderPrometheusName() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        AtomicInteger used = new AtomicInteger(1);
        new BrowserMetrics(prometheus).watchContexts(used::get, () -> 1, () -> 3, 4);

        used.set(2);

        assertThat(prometheus.scrape())
                .contains(
                        "headstream_contexts{state=\"used\"} 2.0",
                        "headstream_contexts{state=\"kept\"} 1.0",
                        "headstream_contexts{state=\"limit\"} 3.0",
                        "headstream_contexts{state=\"max\"} 4.0",
                        "headstream_timeouts_total{rung=\"interrupt\"} 0.0");
    }

    @Test
    void stepMetrics_givenFlows_expectsZerosForWhatTheyDeclareAndNothingElse() {
        StepMetrics steps = new StepMetrics(registry, List.of(FLOW));
        steps.requested("f", "a", CacheEvents.Result.COALESCED);

        assertThat(count("headstream.cache.requests", "flow", "f", "step", "a", "result", "coalesced"))
                .isEqualTo(1);
        assertThat(registry.find("headstream.cache.requests").counters()).hasSize(CacheEvents.Result.values().length);
        assertThat(registry.find("headstream.sessions").counters()).hasSize(SessionUse.values().length);
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }
}
