package dev.headstream.worker.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.headstream.pipeline.metrics.Meters;
import dev.headstream.worker.capacity.MemoryLimit;
import dev.headstream.worker.capacity.MemoryReading;
import dev.headstream.worker.capacity.MemorySample;
import dev.headstream.worker.capacity.ProcessKind;
import dev.headstream.worker.management.Health;
import dev.headstream.worker.management.WorkerMeters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that the page shows, as one JSON document: times as milliseconds since the epoch or as durations in milliseconds,
 * memory in bytes. Made at most twice a second, however many look at it. Thread-safe.
 */
final class StateDocument {
    private static final Duration WINDOW = Duration.ofMinutes(2);
    private static final Duration FRESH = Duration.ofMillis(500);
    private static final int MOST_STEPS = 60;

    private final Console console;
    private final Figures figures;

    @GuardedBy("this")
    private @Nullable ObjectNode last;

    @GuardedBy("this")
    private long lastNanos;

    StateDocument(Console console) {
        this.console = console;
        this.figures = console.figures();
    }

    /** The state of this moment, not to be changed. */
    synchronized ObjectNode now() {
        ObjectNode known = last;
        if (known == null || System.nanoTime() - lastNanos > FRESH.toNanos()) {
            known = make();
            last = known;
            lastNanos = System.nanoTime();
        }
        return known;
    }

    /** The state of this moment, whoever asked before. */
    ObjectNode make() {
        Instant now = console.clock().instant();
        ObjectNode document = object().put("now", now.toEpochMilli());
        document.set("worker", worker());
        document.set("browser", browser());
        document.set("contexts", contexts());
        document.set("throughput", throughput(now));
        document.set("queue", queue());
        document.set("steps", steps(now));
        document.set("memory", memory());
        document.set("history", history());
        document.set("counts", counts());
        document.set("happenings", happenings());
        document.set("failures", failures());
        return document;
    }

    private ObjectNode worker() {
        Console.Identity identity = console.identity();
        Health health = console.health();
        Health.Report live = health.live();
        Health.Report ready = health.ready();
        ObjectNode worker = object().put("id", identity.worker())
                .put("version", identity.version())
                .put("group", identity.group())
                .put("topic", identity.topic())
                .put("delivery", identity.delivery())
                .put("startedAt", identity.startedAt().toEpochMilli())
                .put("phase", word(health.phase()))
                .put("live", live.up())
                .put("ready", ready.up());
        console.breach().ifPresent(breach -> worker.put("breach", word(breach)));
        console.lastCommit().ifPresent(at -> worker.put("lastCommitAt", at.toEpochMilli()));
        ArrayNode checks = worker.putArray("checks");
        List.of(live, ready).forEach(report -> report.checks().forEach(check -> checks.addObject()
                .put("name", check.name())
                .put("up", check.status().up())
                .put("reason", check.status().reason())));
        return worker;
    }

    private ObjectNode browser() {
        ObjectNode browser = object().put("state", word(console.lanes().state().get()));
        console.lanes().browser().get().ifPresent(process -> {
            browser.put("nodePid", process.nodePid()).put("sandboxed", process.sandboxed());
            browser.put("jobs", process.tasks())
                    .put("ageMillis", process.age().toMillis())
                    .put("leaving", process.others());
            process.pid().ifPresent(pid -> browser.put("pid", pid));
            process.version().ifPresent(version -> browser.put("version", version));
        });
        return browser;
    }

    private ObjectNode contexts() {
        Console.Lanes lanes = console.lanes();
        return object().put("limit", lanes.limit().getAsInt())
                .put("max", lanes.max())
                .put("used", console.used())
                .set("rows", new LaneRows(console).rows());
    }

    private ObjectNode throughput(Instant now) {
        double jobMillis = jobMillis(now);
        ObjectNode throughput = object().put("averageJobMillis", Math.round(jobMillis))
                .put(
                        "possibleJobsPerHour",
                        Figures.possibleJobsPerHour(console.lanes().limit().getAsInt(), jobMillis));
        console.history().rate(WINDOW, now, figures.jobs()).ifPresent(rate -> throughput
                .put("jobsPerHour", rate.jobsPerHour())
                .put("overSeconds", rate.seconds()));
        throughput.set("outcomes", counts(figures.outcomes()));
        return throughput;
    }

    private ObjectNode queue() {
        Console.Queue queue = console.queue();
        ObjectNode node = object().put("running", queue.running().getAsInt())
                .put("waiting", queue.waiting().getAsInt())
                .put("maxWaiting", queue.maxWaiting())
                .put("lag", figures.gauge(Meters.OFFSETS_LAG.spec()))
                .put("doneAhead", figures.gauge(Meters.OFFSETS_DONE_AHEAD.spec()))
                .put("retried", figures.total(Meters.JOBS_RETRIED.spec()))
                .put("interrupted", figures.total(Meters.JOBS_INTERRUPTED.spec()))
                .put("deduplicated", figures.total(Meters.JOBS_DEDUPLICATED.spec()))
                .put("deadLetters", figures.total(Meters.DEAD_LETTERS.spec()))
                .put("postponed", figures.total(WorkerMeters.CIRCUIT_POSTPONED.spec()));
        node.set("openCircuits", counts(figures.circuits()));
        return node;
    }

    private double jobMillis(Instant now) {
        return console.history().averageJobMillis(WINDOW, now, figures.jobTime());
    }

    private ArrayNode steps(Instant now) {
        ArrayNode steps = JsonNodeFactory.instance.arrayNode();
        figures.steps(console.lanes().limit().getAsInt(), jobMillis(now)).stream()
                .limit(MOST_STEPS)
                .forEach(step -> {
                    ObjectNode node = steps.addObject()
                            .put("flow", step.name().flow())
                            .put("step", step.name().step())
                            .put("calls", step.calls())
                            .put("share", Math.round(step.share() * 1_000) / 1_000.0)
                            .put("overBudgetSeconds", Math.round(step.overBudgetSeconds() * 10) / 10.0)
                            .put("cached", step.cached())
                            .put("coalesced", step.coalesced())
                            .put("failed", step.failed())
                            .put("jobsPerHourWithout", step.jobsPerHourWithout());
                    console.steps().of(step.name()).ifPresent(times -> node.put("p50Millis", times.p50Millis())
                            .put("p95Millis", times.p95Millis())
                            .put("budgetMillis", times.budgetMillis())
                            .put("of", times.of()));
                });
        return steps;
    }

    private ObjectNode memory() {
        ObjectNode node = object();
        Optional<Console.Memory> watched = console.memory();
        Optional<MemorySample> sample =
                watched.flatMap(memory -> memory.sampler().last());
        if (watched.isEmpty() || sample.isEmpty()) {
            return node;
        }
        MemoryReading reading = sample.get().reading();
        MemoryLimit limit = sample.get().limit();
        node.put("used", reading.totalBytes())
                .put("peak", watched.get().sampler().peakBytes())
                .put("limit", limit.bytes())
                .put("source", limit.source())
                .put("soft", Math.round(limit.bytes() * watched.get().soft()))
                .put("hard", Math.round(limit.bytes() * watched.get().hard()))
                .put("processes", reading.processes());
        return node;
    }

    /** A list for each line, so that the names are said once. */
    private ObjectNode history() {
        List<History.Point> points = console.history().points();
        ObjectNode node = object();
        ArrayNode at = node.putArray("at");
        ArrayNode jobs = node.putArray("jobs");
        ArrayNode used = node.putArray("used");
        ArrayNode limit = node.putArray("limit");
        for (History.Point point : points) {
            at.add(point.at().toEpochMilli());
            jobs.add(point.jobs());
            used.add(point.used());
            limit.add(point.limit());
        }
        ObjectNode memory = node.putObject("memory");
        for (ProcessKind kind : ProcessKind.values()) {
            if (points.stream().anyMatch(point -> bytes(point, kind) > 0)) {
                ArrayNode line = memory.putArray(kind.tag());
                points.forEach(point -> line.add(bytes(point, kind)));
            }
        }
        return node;
    }

    private static long bytes(History.Point point, ProcessKind kind) {
        return point.memory().map(reading -> reading.bytes(kind)).orElse(0L);
    }

    private ObjectNode counts() {
        ObjectNode node = object().put("created", figures.total(WorkerMeters.CONTEXT_CREATED.spec()))
                .put("crashes", figures.total(WorkerMeters.PAGE_CRASHES.spec()));
        node.set("recycled", counts(figures.byTag(WorkerMeters.CONTEXT_RECYCLED.spec(), "reason")));
        node.set("timeouts", counts(figures.byTag(WorkerMeters.TIMEOUTS.spec(), "rung")));
        node.set("reconnects", counts(figures.byTag(WorkerMeters.LANE_RECONNECTS.spec(), "reason")));
        node.set("restarts", counts(figures.byTag(WorkerMeters.BROWSER_RESTARTS.spec(), "reason")));
        node.set("retired", counts(figures.byTag(WorkerMeters.BROWSER_RETIRED.spec(), "reason")));
        node.set("cache", counts(figures.byTag(WorkerMeters.CACHE_REQUESTS.spec(), "result")));
        node.set("sessions", counts(figures.byTag(WorkerMeters.SESSIONS.spec(), "use")));
        return node;
    }

    private ArrayNode happenings() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        console.happenings().newestFirst().stream().limit(40).forEach(one -> list.addObject()
                .put("at", one.at().toEpochMilli())
                .put("kind", one.kind())
                .put("where", one.where())
                .put("why", one.why()));
        return list;
    }

    private ArrayNode failures() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Failure failure : console.failures().newestFirst()) {
            ObjectNode node = list.addObject()
                    .put("at", failure.at().toEpochMilli())
                    .put("jobId", failure.jobId())
                    .put("flow", failure.flow())
                    .put("step", failure.step())
                    .put("code", failure.code())
                    .put("message", failure.message())
                    .put("attempt", failure.attempt())
                    .put("again", failure.again());
            failure.picture().ifPresent(picture -> node.put("picture", picture.id()));
        }
        return list;
    }

    private static ObjectNode counts(Map<String, Long> counts) {
        ObjectNode node = object();
        counts.forEach(node::put);
        return node;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
