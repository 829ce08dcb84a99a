package dev.headstream.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobError;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import dev.headstream.worker.artifact.DirectoryArtifactStore;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.ContextSpec;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.secret.SecretReferences;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** Flows on real pages in a real browser. */
final class FlowRunnerIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SecretReferences SECRETS =
            new SecretReferences(Map.of("HEADSTREAM_SECRET_PORTAL_PASSWORD", "s3cr\"et pw"), null);

    static Path folder;
    static Pages pages;
    static LanePool pool;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        folder = directory;
        pages = new Pages();
        pool = LanePool.start(BrowserConfig.defaults().withWorkDirectory(folder.resolve("b")), 1, BrowserEvents.NONE);
    }

    @AfterAll
    static void stop() {
        pool.close();
        pages.close();
    }

    @Test
    void run_givenEveryAction_expectsTypedOutputs() throws Exception {
        Outcome outcome = run(
                """
                inputs: {name: string}
                outputs:
                  result: string
                  size: string
                  tip: string
                  entered: string
                  masked: string
                  doubled: integer
                  place: string
                  absent: string?
                steps:
                  - name: form
                    effect: idempotent
                    budget: 20s
                    do:
                      - navigate: /form
                      - fill: {selector: "#name", value: "${inputs.name}"}
                      - fill: {selector: "#password", value: "${secret:portal-password}"}
                      - press: {selector: "#name", key: Enter}
                      - select: {selector: "#size", label: Large}
                      - uncheck: "#news"
                      - check: "#terms"
                      - hover: "#tip"
                      - click: "#go"
                      - waitForUrl: "**/form/*"
                      - waitForText: "Ada l"
                      - assertText: {selector: "#result", equals: "Ada l false true"}
                      - extract:
                          result: "#result"
                          size: "#size"
                          tip: "#tip"
                          entered: "#tip@title"
                          masked: "#password"
                          absent: "#absent"
                      - evaluate: {script: "args => args.n * 2", args: {n: "21"}, into: doubled}
                      - evaluate: {script: "location.pathname", into: place}
                      - screenshot: form
                """,
                Map.of("name", "Ada"),
                JobProgress.inMemory());

        JsonNode outputs = succeeded(outcome);
        assertThat(outputs.get("result").asText()).isEqualTo("Ada l false true");
        assertThat(outputs.get("size").asText()).isEqualTo("Large");
        assertThat(outputs.get("tip").asText()).isEqualTo("hovered");
        assertThat(outputs.get("entered").asText()).isEqualTo("entered");
        assertThat(outputs.get("masked").asText()).isEqualTo("***");
        assertThat(outputs.get("doubled").isIntegralNumber()).isTrue();
        assertThat(outputs.get("doubled").asInt()).isEqualTo(42);
        assertThat(outputs.get("place").asText()).isEqualTo("/form/done");
        assertThat(outputs.get("absent").isNull()).isTrue();
        assertThat(outcome.trace().artifacts()).singleElement().satisfies(artifact -> {
            assertThat(artifact.getName()).isEqualTo("form.png");
            assertThat(Files.size(Path.of(URI.create(artifact.getUri())))).isEqualTo(artifact.getBytes());
        });
        assertThat(outcome.trace().steps()).singleElement().satisfies(step -> {
            assertThat(step.getOutcome()).isEqualTo(StepOutcome.RAN);
            assertThat(step.getBudgetMillis()).isEqualTo(20_000);
        });
    }

    @Test
    void run_givenListsAndTables_expectsRecordsInTheirTypes() throws Exception {
        Outcome outcome = run(
                """
                outputs:
                  hits: {type: list, minItems: 2, fields: {title: string, price: decimal, url: string}}
                  tags: {type: list, items: string}
                  prices: {type: table, columns: {Item: string, Price: decimal}}
                  raw: table
                  updated: {type: date, format: "d. MMMM yyyy", locale: de}
                  total: integer
                  rows: integer
                steps:
                  - name: read
                    effect: read
                    do:
                      - navigate: {url: /list, until: domcontentloaded}
                      - waitFor: "#results li"
                      - extract:
                          hits: {each: "#results li", fields: {title: .title, price: .price, url: "a@href"}}
                          tags: {each: .tag}
                          prices: {table: "#prices"}
                          raw: {table: "#prices"}
                          updated: "#updated"
                          total: "#total"
                          rows: {count: "#results li"}
                """,
                Map.of(),
                JobProgress.inMemory());

        assertThat(succeeded(outcome))
                .isEqualTo(JSON.readTree(
                        """
                {"hits": [{"title": "Lamp", "price": 1234.50, "url": "%1$s/item/1"},
                          {"title": "Desk", "price": 99, "url": "%1$s/item/2"}],
                 "tags": ["new", "sale"],
                 "prices": [{"Item": "Lamp", "Price": 1234.50}, {"Item": "Desk", "Price": 99}],
                 "raw": [{"Item": "Lamp", "Price": "1,234.50"}, {"Item": "Desk", "Price": "99"}],
                 "updated": "2026-05-03", "total": 2, "rows": 2}
                """
                                .formatted(pages.url())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/           | {click: '#nope', timeout: 300ms}          | SELECTOR_NOT_FOUND | true  | action 2 (click #nope): no element matches (at http",
                "/list       | {click: .tag}                             | SELECTOR_AMBIGUOUS | false | 2 elements match, one is expected",
                "/           | {click: 'h1[['}                           | SELECTOR_INVALID   | false | the selector cannot be used",
                "/covered    | {click: '#b', timeout: 4s}                | ACTION_TIMEOUT     | true  | is covered by <div id=\"veil\"",
                "/disabled   | {click: '#b', timeout: 4s}                | ACTION_TIMEOUT     | true  | is disabled",
                "/           | {waitFor: {selector: h1, state: hidden}, timeout: 300ms} | ACTION_TIMEOUT | true | not in the state hidden",
                "/           | {waitForText: Bye, timeout: 300ms}        | ACTION_TIMEOUT     | true  | no visible element has the text",
                "/           | {assertText: {selector: h1, equals: Bye}, timeout: 300ms} | ASSERTION_FAILED | false | should equal 'Bye' but is 'Hello'",
                "/           | {assertText: {selector: h2, equals: Bye}, timeout: 300ms} | SELECTOR_NOT_FOUND | true | no element matches",
                "/           | {navigate: /missing}                      | HTTP_STATUS        | false | HTTP status 404",
                "/           | {navigate: /broken}                       | HTTP_STATUS        | true  | HTTP status 503",
                "/           | {navigate: 'http://127.0.0.1:1/'}         | NAVIGATION_FAILED  | true  | ERR_",
                "/           | {navigate: 'http://elsewhere.example/'}   | HOST_NOT_ALLOWED   | false | allowedHosts has 127.0.0.1",
                "/           | {navigate: /away}                         | HOST_NOT_ALLOWED   | false | http://localhost:",
                "/           | {evaluate: 'nope.nope'}                   | SCRIPT_ERROR       | false | nope is not defined",
                "/           | {evaluate: 'while (true) {}', timeout: 300ms} | ACTION_TIMEOUT | true  | did not end within its timeout",
                "/list       | {extract: {n: .price}}                    | SELECTOR_AMBIGUOUS | false | 2 elements match",
                "/list       | {extract: {n: '#updated'}}                | OUTPUT_INVALID     | false | n: '3. Mai 2026' is not an integer",
                "/           | {fill: {selector: h1, value: '${secret:nix}'}} | SECRET_MISSING | false | HEADSTREAM_SECRET_NIX",
                "/           | {fill: {selector: h1, value: x}}          | ACTION_FAILED      | true  | not an <input>",
            })
    void run_givenAnActionThatFails_expectsItsKindAndWhatWasFound(
            String path, String action, String kind, boolean retryable, String message) throws Exception {
        Outcome outcome = run(
                """
                variables: {n: integer}
                steps:
                  - name: broken
                    effect: read
                    timeout: 10s
                    do:
                      - navigate: %s
                      - %s
                      - waitFor: {selector: body, state: attached}
                  - name: never
                    effect: read
                    do: [{extract: {n: {count: h1}}}]
                """
                        .formatted(path, action),
                Map.of(),
                JobProgress.inMemory());

        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        JobError error = ((Outcome.Failed) outcome).error();
        assertThat(error.getKind()).as(error.getMessage()).isEqualTo(kind);
        assertThat(((Outcome.Failed) outcome).retryable()).isEqualTo(retryable);
        assertThat(error.getStep()).isEqualTo("broken");
        assertThat(error.getMessage()).startsWith("step 'broken', action ").contains(message);
        assertThat(outcome.trace().steps()).extracting(StepReport::getOutcome).containsExactly(StepOutcome.FAILED);
    }

    @Test
    void run_givenALinkToAnotherHost_expectsItSeen() throws Exception {
        Outcome outcome = run(
                """
                steps:
                  - name: leave
                    effect: read
                    do: [{navigate: /leave}, {click: "#out"}, {waitForText: Hello}]
                """,
                Map.of(),
                JobProgress.inMemory());

        assertThat(failed(outcome).getKind()).isEqualTo("HOST_NOT_ALLOWED");
    }

    @Test
    void run_givenAnEndlessScript_expectsStepTimeoutAndAFreeLane() throws Exception {
        Outcome outcome = run(
                """
                steps:
                  - name: endless
                    effect: read
                    timeout: 500ms
                    do: [{navigate: /}, {evaluate: "while (true) {}"}]
                """,
                Map.of(),
                JobProgress.inMemory());

        assertThat(outcome).isInstanceOf(Outcome.TimedOut.class);
        assertThat(((Outcome.TimedOut) outcome).error().getKind()).isEqualTo("STEP_TIMEOUT");
        assertThat(((Outcome.TimedOut) outcome).retryable()).isTrue();
        assertThat(succeeded(run(HELLO, Map.of(), JobProgress.inMemory()))
                        .get("h")
                        .asText())
                .isEqualTo("Hello");
    }

    @Test
    void run_givenADeadlineShorterThanTheStep_expectsJobTimeout() throws Exception {
        String text =
                """
                steps:
                  - name: slow
                    effect: read
                    do: [{navigate: /}, {waitFor: "#never"}]
                """;

        Outcome outcome = run(
                text,
                Jobs.of("f", Map.of(), JobProgress.inMemory(), Instant.now().plusMillis(3_000)));

        assertThat(outcome).isInstanceOf(Outcome.TimedOut.class);
        assertThat(((Outcome.TimedOut) outcome).error().getKind()).isEqualTo("JOB_TIMEOUT");
        assertThat(((Outcome.TimedOut) outcome).error().getMessage()).contains("waitFor #never");
        assertThat(((Outcome.TimedOut) outcome).retryable()).isFalse();
    }

    private static final String HELLO =
            """
            outputs: {h: string}
            steps:
              - {name: open, effect: read, do: [{navigate: /}]}
              - {name: read, effect: read, do: [{extract: {h: h1}}]}
            """;

    @Test
    void run_givenCompletedSteps_expectsThemRestoredAndTheEntryRunAgain() throws Exception {
        String text =
                """
                outputs: {a: string, b: string, c: string}
                steps:
                  - {name: one, effect: read, do: [{navigate: /}, {extract: {a: h1}}]}
                  - {name: two, effect: read, do: [{navigate: /missing}, {extract: {b: h1}}]}
                  - {name: three, effect: read, saveState: true, do: [{evaluate: {script: "a => a.x", args: {x: "${steps.two.b}!"}, into: c}}]}
                """;
        Jobs.Recorded progress =
                new Jobs.Recorded().completed("one", "{\"a\":\"old\"}").completed("two", "{\"b\":\"kept\"}");

        Outcome outcome = run(text, Map.of(), progress);

        assertThat(succeeded(outcome)).isEqualTo(JSON.readTree("{\"a\":\"Hello\",\"b\":\"kept\",\"c\":\"kept!\"}"));
        assertThat(outcome.trace().steps())
                .extracting(StepReport::getOutcome)
                .containsExactly(StepOutcome.RAN, StepOutcome.RESUMED, StepOutcome.RAN);
        assertThat(progress.log).containsExactly("complete three {\"c\":\"kept!\"}");
        assertThat(progress.storageState).contains("cookies");
    }

    @Test
    void run_givenEveryStepCompleted_expectsTheOutputsWithoutThePage() throws Exception {
        Jobs.Recorded progress = new Jobs.Recorded().completed("open", null).completed("read", "{\"h\":\"kept\"}");

        Outcome outcome = run(HELLO, Map.of(), progress);

        assertThat(succeeded(outcome).get("h").asText()).isEqualTo("kept");
        assertThat(outcome.trace().steps())
                .extracting(StepReport::getOutcome)
                .containsExactly(StepOutcome.RESUMED, StepOutcome.RESUMED);
    }

    private static final String ORDER =
            """
            variables: {n: integer?}
            steps:
              - {name: open, effect: read, do: [{navigate: /}]}
              - {name: order, effect: once, %s do: [{navigate: /order}, {waitFor: "%s", timeout: 3s}, {extract: {n: "#number"}}]}
            """;

    @Test
    void run_givenAnUnsafeStep_expectsIntentBeforeAndCompletionAfter() throws Exception {
        Jobs.Recorded progress = new Jobs.Recorded();
        int before = pages.orders();

        Outcome outcome = run(ORDER.formatted("", "#number"), Map.of(), progress);

        assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
        assertThat(pages.orders()).isEqualTo(before + 1);
        assertThat(progress.log)
                .containsExactly("complete open null", "intend order", "complete order {\"n\":" + (before + 1) + "}");
    }

    @Test
    void run_givenAnIntentThatCannotBeRecorded_expectsInterruptedAndNoEffect() throws Exception {
        Jobs.Recorded progress = new Jobs.Recorded();
        progress.intentAnswer = Mono.error(new IllegalStateException("no longer ours"));
        int before = pages.orders();

        Outcome outcome = run(ORDER.formatted("", "#number"), Map.of(), progress);

        assertThat(outcome).isInstanceOf(Outcome.Interrupted.class);
        assertThat(((Outcome.Interrupted) outcome).reason()).contains("no longer ours");
        assertThat(pages.orders()).isEqualTo(before);
    }

    @Test
    void run_givenAnUnsafeStepThatFailsHalfway_expectsUncertainAndNoRetry() throws Exception {
        Outcome outcome = run(ORDER.formatted("", "#nope"), Map.of(), new Jobs.Recorded());

        assertThat(failed(outcome).getKind()).isEqualTo("UNCERTAIN");
        assertThat(failed(outcome).getMessage()).contains("[SELECTOR_NOT_FOUND]");
        assertThat(((Outcome.Failed) outcome).retryable()).isFalse();
    }

    @Test
    void run_givenAnUnsettledIntent_expectsUncertainAndNoEffect() throws Exception {
        Jobs.Recorded progress = new Jobs.Recorded().completed("open", null);
        progress.intent = "order";
        int before = pages.orders();

        Outcome outcome = run(ORDER.formatted("", "#number"), Map.of(), progress);

        assertThat(failed(outcome).getKind()).isEqualTo("UNCERTAIN");
        assertThat(pages.orders()).isEqualTo(before);
    }

    @Test
    void run_givenAnUnsettledIntentToSkip_expectsTheStepPassedOver() throws Exception {
        Jobs.Recorded progress = new Jobs.Recorded().completed("open", null);
        progress.intent = "order";
        int before = pages.orders();

        Outcome outcome = run(ORDER.formatted("onResume: skip,", "#number"), Map.of(), progress);

        assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
        assertThat(pages.orders()).isEqualTo(before);
        assertThat(outcome.trace().steps().get(1).getOutcome()).isEqualTo(StepOutcome.SKIPPED);
    }

    @Test
    void run_givenAnotherFlowVersion_expectsAFreshStartOrFlowChanged() throws Exception {
        Jobs.Recorded safe = new Jobs.Recorded().completed("open", null).completed("gone", null);
        safe.version = 9;
        Jobs.Recorded unsafe = new Jobs.Recorded().completed("open", null);
        unsafe.version = 9;

        assertThat(failed(run(ORDER.formatted("", "#number"), Map.of(), safe)).getKind())
                .isEqualTo("FLOW_CHANGED");
        assertThat(run(ORDER.formatted("", "#number"), Map.of(), unsafe)).isInstanceOf(Outcome.Succeeded.class);
    }

    @Test
    void run_givenAStopRequest_expectsInterruptedBeforeTheNextStep() throws Exception {
        Jobs.Recorded progress = new Jobs.Recorded();
        progress.stop = true;

        Outcome outcome = run(HELLO, Map.of(), progress);

        assertThat(outcome).isInstanceOf(Outcome.Interrupted.class);
        assertThat(outcome.trace().steps()).isEmpty();
    }

    @Test
    void run_givenAFailureAndScreenshotsOn_expectsThePicture() throws Exception {
        FlowRunner runner = FlowRunner.builder(SECRETS, new DirectoryArtifactStore(folder.resolve("art"), 1_000_000))
                .screenshotOnFailure(true)
                .build();
        Flow flow = flow("steps: [{name: s, effect: read, do: [{navigate: /}, {click: '#no', timeout: 200ms}]}]");

        Outcome outcome = pool.run(
                        Duration.ofSeconds(20),
                        ContextSpec.DEFAULT,
                        session -> runner.run(flow, Jobs.of("f", Map.of(), JobProgress.inMemory()), session))
                .block(Duration.ofSeconds(30));

        assertThat(Objects.requireNonNull(outcome).trace().artifacts())
                .singleElement()
                .satisfies(artifact -> assertThat(artifact.getName()).isEqualTo("failure-s.png"));
    }

    @Test
    void run_givenASecretInAMessage_expectsItMasked() throws Exception {
        Outcome outcome = run(
                """
                steps:
                  - name: s
                    effect: read
                    do:
                      - navigate: /form
                      - fill: {selector: "#name", value: "${secret:portal-password}"}
                      - evaluate: {script: "a => { throw new Error('leaks ' + a.p) }", args: {p: "${secret:portal-password}"}}
                """,
                Map.of(),
                JobProgress.inMemory());

        assertThat(failed(outcome).getMessage()).contains("leaks ***").doesNotContain("s3cr");
    }

    private static Outcome run(String body, Map<String, String> inputs, JobProgress progress) {
        return run(body, Jobs.of("f", inputs, progress));
    }

    private static Outcome run(String body, Job job) {
        FlowRunner runner = FlowRunner.of(SECRETS, new DirectoryArtifactStore(folder.resolve("art"), 1_000_000));
        Flow flow = flow(body);
        Outcome outcome = pool.run(
                        Duration.ofSeconds(30), ContextSpec.DEFAULT, session -> runner.run(flow, job, session))
                .block(Duration.ofSeconds(40));
        return Objects.requireNonNull(outcome);
    }

    private static Flow flow(String body) {
        return FlowFiles.parse(
                "f.yaml", "flow: f\nversion: 1\nsite: \"" + pages.url() + "\"\nallowedHosts: [127.0.0.1]\n" + body);
    }

    private static JsonNode succeeded(Outcome outcome) throws Exception {
        assertThat(outcome)
                .as(outcome instanceof Outcome.Failed failed ? failed.error().getMessage() : "")
                .isInstanceOf(Outcome.Succeeded.class);
        String json = ((Outcome.Succeeded) outcome).outputJson();
        return JSON.readTree(json == null ? "{}" : json);
    }

    private static JobError failed(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed) outcome).error();
    }
}
