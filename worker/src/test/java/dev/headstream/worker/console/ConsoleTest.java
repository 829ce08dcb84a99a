package dev.headstream.worker.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.loadgen.offender.MetricsText;
import dev.headstream.loadgen.offender.Offenders;
import dev.headstream.loadgen.offender.StepFigures;
import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.pipeline.metrics.KnownFlows;
import dev.headstream.pipeline.metrics.PipelineMetrics;
import dev.headstream.v1.Artifact;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobStatus;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import dev.headstream.worker.artifact.DirectoryArtifactStore;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.BrowserEvents.Reason;
import dev.headstream.worker.browser.BrowserEvents.Rung;
import dev.headstream.worker.browser.BrowserState;
import dev.headstream.worker.browser.LaneSnapshot;
import dev.headstream.worker.capacity.Breach;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.management.Audience;
import dev.headstream.worker.management.Health;
import dev.headstream.worker.management.ManagementServer;
import dev.headstream.worker.management.WorkerRegistry;
import dev.headstream.worker.run.RunObserver;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class ConsoleTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final KnownFlows FLOWS =
            KnownFlows.none().with("shop", Map.of("search", Duration.ofSeconds(8), "cart", Duration.ofSeconds(4)));
    private static final Flow SHOP = FlowFiles.parse(
            "shop.yaml",
            """
            flow: shop
            version: 1
            site: https://portal.example
            allowedHosts: [portal.example]
            steps:
              - {name: search, effect: read, budget: 8s, timeout: 15s, do: [{navigate: /}]}
            """);

    private final HttpClient client = HttpClient.newHttpClient();
    private final PrometheusMeterRegistry meters = WorkerRegistry.create();
    private final Health health = new Health();
    private final Console console = new Console(
            new Console.Identity("w-1", "0.1.0", "group", "jobs", "exactly-once", NOW.minusSeconds(60)),
            meters,
            health,
            FLOWS,
            Clock.fixed(NOW, ZoneOffset.UTC));

    @AfterEach
    void close() {
        meters.close();
    }

    @Test
    void state_givenARunningStep_expectsItsLaneWithJobFlowAndBudgetButNoInputs() throws Exception {
        Sinks.One<Outcome> end = Sinks.one();
        JobHandler watched = console.watch(handler(end.asMono()));
        console.show(lanes(new LaneSnapshot(
                "lane-0",
                LaneSnapshot.State.RUNNING,
                Duration.ofSeconds(3),
                Optional.of("job-1"),
                OptionalInt.of(7),
                false)));
        var running = watched.handle(job("job-1")).subscribe();
        console.watch(RunObserver.NONE).stepBegan("job-1", SHOP.step("search").orElseThrow());
        console.watch(BrowserEvents.NONE).contextRecycled("lane-0", Reason.STUCK_CLOSE);

        JsonNode row = state().at("/contexts/rows/0");

        assertThat(row.at("/state").asText()).isEqualTo("running");
        assertThat(row.at("/jobId").asText()).isEqualTo("job-1");
        assertThat(row.at("/flow").asText()).isEqualTo("shop");
        assertThat(row.at("/step").asText()).isEqualTo("search");
        assertThat(row.at("/budgetMillis").asLong()).isEqualTo(8_000);
        assertThat(row.at("/uses").asInt()).isEqualTo(7);
        assertThat(row.at("/recycled").asText()).isEqualTo("stuck close");
        assertThat(state().toString()).doesNotContain("very private input");

        end.tryEmitValue(new Outcome.Succeeded("{\"hits\":\"very private output\"}", Outcome.Trace.NONE))
                .orThrow();
        assertThat(running.isDisposed()).isTrue();
        assertThat(state().at("/contexts/rows/0/flow").isMissingNode()).isTrue();
        assertThat(state().toString()).doesNotContain("very private output");
    }

    @Test
    void state_givenFailures_expectsTheNewestFirstAndWhetherTheyAreFinal() {
        fail("job-1", new Outcome.Failed(error("SELECTOR_NOT_FOUND"), true, Outcome.Trace.NONE));
        fail("job-2", new Outcome.TimedOut(error("JOB_TIMEOUT"), false, Outcome.Trace.NONE));
        fail("job-3", new Outcome.Interrupted("the browser went away", Outcome.Trace.NONE));

        JsonNode failures = state().at("/failures");

        assertThat(failures.findValuesAsText("jobId")).containsExactly("job-3", "job-2", "job-1");
        assertThat(failures.findValuesAsText("code"))
                .containsExactly("INTERRUPTED", "JOB_TIMEOUT", "SELECTOR_NOT_FOUND");
        assertThat(failures.findValuesAsText("again")).containsExactly("true", "false", "true");
    }

    @Test
    void state_givenMoreThanItKeeps_expectsBounds() {
        BrowserEvents events = console.watch(BrowserEvents.NONE);
        for (int i = 0; i < 1_000; i++) {
            events.timeout("lane-" + i, Rung.INTERRUPT);
            fail("job-" + i, new Outcome.Failed(error("X".repeat(5_000)), false, trace("step-" + i, i)));
            console.sample();
        }

        JsonNode state = state();

        assertThat(state.at("/happenings").size()).isLessThanOrEqualTo(100);
        assertThat(state.at("/failures").size()).isLessThanOrEqualTo(30);
        assertThat(state.at("/history/at").size()).isLessThanOrEqualTo(180);
        assertThat(state.at("/steps").size()).isLessThanOrEqualTo(60);
        assertThat(state.toString().length()).isLessThan(300_000);
        // names that no flow has share one entry
        assertThat(console.steps().of(new StepTimes.Name("shop", "unknown"))).isPresent();
    }

    @Test
    void state_givenStepsAndJobs_expectsTheFiguresOfOffenders() {
        console.show(lanes());
        PipelineMetrics metrics = new PipelineMetrics(meters, FLOWS);
        Random random = new Random(42);
        JobHandler watched = console.watch(handler(Mono.empty()));
        assertThat(watched.concurrency()).isEqualTo(4);
        for (int i = 0; i < 100; i++) {
            List<StepReport> steps = List.of(
                    step("search", StepOutcome.RAN, 4_000 + random.nextInt(6_000), 8_000),
                    step("cart", i % 4 == 0 ? StepOutcome.CACHED : StepOutcome.RAN, random.nextInt(3_000), 4_000));
            metrics.stepsEnded("shop", steps);
            metrics.jobEnded("shop", JobStatus.SUCCEEDED, Duration.ofSeconds(9));
            console.steps().add("shop", steps);
        }

        Offenders expected = MetricsText.parse(meters.scrape()).offenders(4);
        JsonNode state = state();

        StepFigures top = expected.steps().get(0);
        assertThat(state.at("/steps/0/step").asText()).isEqualTo(top.name().step());
        assertThat(state.at("/steps/0/calls").asLong()).isEqualTo(top.calls());
        assertThat(state.at("/steps/0/share").asDouble())
                .isCloseTo(expected.share(top), org.assertj.core.data.Offset.offset(0.001));
        assertThat(state.at("/steps/0/overBudgetSeconds").asDouble())
                .isCloseTo(top.overBudgetMillis() / 1_000.0, org.assertj.core.data.Offset.offset(0.1));
        assertThat(state.at("/steps/1/cached").asLong()).isEqualTo(25);
        assertThat(state.at("/throughput/possibleJobsPerHour").asLong())
                .isEqualTo(expected.capacity().jobsPerHour());
        assertThat(state.at("/steps/0/jobsPerHourWithout").asLong())
                .isCloseTo(
                        expected.jobsPerHourWithout(top).orElseThrow(),
                        org.assertj.core.data.Percentage.withPercentage(0.5));
        assertThat(state.at("/steps/0/p95Millis").asLong()).isBetween(9_000L, 10_000L);
    }

    @Test
    void state_givenABreachAndItsEnd_expectsItNamed() {
        console.breached(Breach.REPLACE_WORKER);
        console.limited(4, 2);
        health.enter(Health.Phase.DRAINING);

        JsonNode state = state();

        assertThat(state.at("/worker/breach").asText()).isEqualTo("replace worker");
        assertThat(state.at("/worker/phase").asText()).isEqualTo("draining");
        assertThat(state.at("/happenings/0/why").asText()).isEqualTo("4 to 2 contexts");
    }

    @Test
    void handle_givenAConsoleThatCannotNote_expectsTheOutcomeAllTheSame() {
        Artifact broken = new Artifact("failure-search.png", "file:not a uri", "image/png", 1L);
        Outcome failed = new Outcome.Failed(
                error("PAGE_CRASHED"), true, new Outcome.Trace(1, List.of(), List.of(broken), Duration.ZERO));

        assertThat(console.watch(handler(Mono.just(failed)))
                        .handle(job("job-1"))
                        .block(Duration.ofSeconds(5)))
                .isSameAs(failed);
    }

    @Test
    void get_givenThePage_expectsAStrictPolicyAndNothingFromElsewhere() throws Exception {
        try (ManagementServer server = serve()) {
            HttpResponse<String> page = get(server, "/");

            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Security-Policy"))
                    .hasValueSatisfying(policy -> assertThat(policy)
                            .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                            .doesNotContain("unsafe"));
            assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(page.body()).doesNotContain("http://", "https://", "<style", "style=", "onclick");
            for (String name :
                    List.of("console.css", "console.js", "panels.js", "charts.js", "format.js", "icon.svg")) {
                HttpResponse<String> file = get(server, "/console/" + name);
                assertThat(file.statusCode()).as(name).isEqualTo(200);
                assertThat(file.body()).as(name).doesNotContain("innerHTML", "outerHTML", "eval(", "//cdn");
            }
        }
    }

    @Test
    void get_givenTheState_expectsItFreshAndForNobodyElse() throws Exception {
        try (ManagementServer server = serve()) {
            HttpResponse<String> state = get(server, "/console/state");

            assertThat(JSON.readTree(state.body()).at("/worker/id").asText()).isEqualTo("w-1");
            assertThat(state.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(state.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(state.headers().firstValue("Cross-Origin-Resource-Policy"))
                    .contains("same-origin");
            assertThat(state.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
    }

    @Test
    void get_givenAPictureOfAFailure_expectsItByItsIdUntilItIsForgotten(@TempDir Path folder) throws Exception {
        Artifact artifact = new DirectoryArtifactStore(folder, 1_000)
                .store("job-1", "failure-search.png", "image/png", new byte[] {1, 2, 3});
        fail("job-1", failedWith(artifact));
        String id = state().at("/failures/0/picture").asText();
        try (ManagementServer server = serve()) {
            HttpResponse<String> picture = get(server, "/console/picture/" + id);

            assertThat(picture.statusCode()).isEqualTo(200);
            assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
            assertThat(picture.body()).hasSize(3);
            assertThat(state().toString()).doesNotContain(folder.toString(), "file:");

            for (int i = 0; i < 30; i++) {
                fail("later-" + i, new Outcome.Failed(error("X"), false, Outcome.Trace.NONE));
            }
            assertThat(get(server, "/console/picture/" + id).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void get_givenAPictureWhoseFileIsGone_expectsNotFound(@TempDir Path folder) throws Exception {
        Artifact artifact = new DirectoryArtifactStore(folder, 1_000)
                .store("job-1", "failure-search.png", "image/png", new byte[] {1});
        fail("job-1", failedWith(artifact));
        Files.delete(Path.of(URI.create(artifact.getUri())));
        try (ManagementServer server = serve()) {
            assertThat(get(
                                    server,
                                    "/console/picture/"
                                            + state().at("/failures/0/picture").asText())
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000000000000000000000000000",
                "failure-search.png",
                "..%2f..%2f..%2f..%2fetc%2fpasswd",
                "%2e%2e/%2e%2e/etc/passwd",
                "..;/etc/passwd",
                "%00",
                "file:%2f%2f%2fetc%2fpasswd"
            })
    void get_givenAnyOtherNameOfAPicture_expectsNotFound(String name, @TempDir Path folder) throws Exception {
        fail(
                "job-1",
                failedWith(new DirectoryArtifactStore(folder, 1_000)
                        .store("job-1", "failure-search.png", "image/png", new byte[] {1})));
        try (ManagementServer server = serve()) {
            assertThat(get(server, "/console/picture/" + name).statusCode()).isEqualTo(404);
        }
    }

    private JsonNode state() {
        return new StateDocument(console).make();
    }

    private ManagementServer serve() throws IOException {
        return console.on(ManagementServer.builder(), Audience.MACHINE).listen("127.0.0.1", 0);
    }

    private HttpResponse<String> get(ManagementServer server, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(server.uri() + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private void fail(String id, Outcome outcome) {
        Outcome told =
                console.watch(handler(Mono.just(outcome))).handle(job(id)).block(Duration.ofSeconds(5));
        assertThat(told).isSameAs(outcome);
    }

    private static Outcome failedWith(Artifact artifact) {
        return new Outcome.Failed(
                error("SELECTOR_NOT_FOUND"),
                false,
                new Outcome.Trace(1, List.of(), List.of(artifact), Duration.ofSeconds(1)));
    }

    private static JobError error(String kind) {
        return new JobError(kind, "step 'search', no element matches", "search");
    }

    private static Outcome.Trace trace(String step, long millis) {
        return new Outcome.Trace(1, List.of(step(step, StepOutcome.RAN, millis, 0)), List.of(), Duration.ZERO);
    }

    private static StepReport step(String name, StepOutcome outcome, long millis, long budget) {
        return new StepReport(name, outcome, NOW, millis, budget);
    }

    private static Job job(String id) {
        JobRequested request = new JobRequested(
                id, "shop", Map.of("query", "very private input"), null, null, 3, Map.of(), NOW, false);
        return new Job(id, null, request, new Job.Position("jobs", 0, 0, 0), 1, null, JobProgress.inMemory());
    }

    private static Console.Lanes lanes(LaneSnapshot... rows) {
        return new Console.Lanes(() -> List.of(rows), Optional::empty, () -> BrowserState.RUNNING, () -> 4, 4);
    }

    private static JobHandler handler(Mono<Outcome> outcome) {
        return new JobHandler() {
            @Override
            public Mono<Outcome> handle(Job job) {
                return outcome;
            }

            @Override
            public int concurrency() {
                return 4;
            }
        };
    }
}
