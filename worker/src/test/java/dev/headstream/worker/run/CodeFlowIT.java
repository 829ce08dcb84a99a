package dev.headstream.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.loadgen.site.DemoSite;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.worker.artifact.DirectoryArtifactStore;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.ContextSpec;
import dev.headstream.worker.browser.Keep;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.cache.StepCache;
import dev.headstream.worker.flow.CodeFlows;
import dev.headstream.worker.flow.CodeJar;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.secret.SecretReferences;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flows in Java on real pages: with the sessions, caches, checkpoints, bounds and masking of flow files. */
final class CodeFlowIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    static Path folder;
    static DemoSite shop;
    static Pages pages;
    static LanePool pool;
    static Map<String, Flow> flows;

    private final List<String> actions = new ArrayList<>();
    private final StepCache cache = new StepCache(new StepCache.Settings(1 << 20, true), (flow, step, result) -> {});

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        folder = directory;
        shop = DemoSite.start(DemoSite.Options.instant());
        pages = new Pages();
        pool = LanePool.start(
                BrowserConfig.defaults().withWorkDirectory(directory.resolve("b")), 1, BrowserEvents.NONE);
        Path example = Path.of("..", "deploy", "examples", "code-flow");
        flows = new HashMap<>();
        CodeFlows.load(CodeJar.ofProject(example, directory.resolve("example.jar")))
                .forEach(flow -> flows.put(flow.name(), flow));
    }

    @AfterAll
    static void stop() throws Exception {
        pool.close();
        pages.close();
        shop.close();
    }

    @Test
    void run_givenTheExampleTwice_expectsItsLoginAndItsSearchSpared() {
        Map<String, String> inputs = Map.of("site", shop.url(), "query", "lamp", "account", "ada");

        Outcome first = run(flows.get("best-price"), inputs, JobProgress.inMemory());
        Outcome second = run(flows.get("best-price"), inputs, JobProgress.inMemory());

        assertThat(steps(first)).containsExactly("login RAN", "search RAN", "detail RAN");
        assertThat(steps(second)).containsExactly("login SKIPPED", "search CACHED", "detail RAN");
        String found = ((Outcome.Succeeded) first).outputJson();
        assertThat(found).contains("\"title\":", "\"price\":", "\"compared\":");
        assertThat(((Outcome.Succeeded) second).outputJson()).isEqualTo(found);
        assertThat(actions)
                .contains("login 1 navigate ${site}/login", "login 2.2 fill #password", "search 2.2 click #go");
    }

    private static Outcome.Failed failed(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        return (Outcome.Failed) outcome;
    }

    @Test
    void run_givenCodeThatAsksForWhatItDoesNotDeclare_expectsARefusalAndNoValue() {
        Outcome outcome = code("step.reads()", "page.input(\"account\");");

        assertThat(failed(outcome).error().getMessage())
                .contains("asks for inputs.account, which the step does not declare: add uses(\"inputs.account\")");
    }

    @Test
    void run_givenCodeThatSetsWhatItDoesNotDeclare_expectsARefusal() {
        assertThat(failed(code("step.reads()", "page.set(\"said\", 1);"))
                        .error()
                        .getMessage())
                .contains("add sets(\"said\")");
        assertThat(failed(code("step.reads().sets(\"said\")", "")).error().getMessage())
                .contains("did not set 'said'");
    }

    @Test
    void run_givenAPageThatSaysAReference_expectsItTypedAsItIs() {
        Outcome outcome = code(
                "step.reads().sets(\"said\").uses(\"secret:pin\")",
                """
                page.navigate("/form");
                page.fill("#name", "${secret:pin}");
                page.set("said", page.evaluate("a => document.getElementById(a.id).value", Map.of("id", "name")));""");

        assertThat(((Outcome.Succeeded) outcome).outputJson()).isEqualTo("{\"said\":\"${secret:pin}\"}");
    }

    @Test
    void run_givenASecret_expectsItTypedAndMasked() {
        Outcome outcome = code(
                "step.reads().sets(\"said\").uses(\"secret:pin\")",
                """
                page.navigate("/form");
                page.fillSecret("#password", "pin");
                String typed = String.valueOf(page.evaluate("() => document.getElementById('password').value", Map.of()));
                page.set("said", typed + " of " + typed.length());""");

        assertThat(((Outcome.Succeeded) outcome).outputJson()).isEqualTo("{\"said\":\"*** of 4\"}");
    }

    @Test
    void run_givenAHostThatIsNotAllowed_expectsARefusal() {
        assertThat(failed(code("step.reads()", "page.navigate(\"http://localhost:1/?secret=1\");"))
                        .error()
                        .getKind())
                .isEqualTo("HOST_NOT_ALLOWED");
    }

    @Test
    void run_givenASelectorThatFindsNothing_expectsTheActionAndWhatIsClosest() {
        Outcome outcome = code(
                "step.reads()",
                "page.navigate(\"/form?private=1\"); page.within(Duration.ofMillis(300)).click(\"#passwort\");");

        assertThat(failed(outcome).error().getKind()).isEqualTo("SELECTOR_NOT_FOUND");
        assertThat(failed(outcome).error().getMessage())
                .contains("action 1.2 (click #passwort)", "closest: #password")
                .doesNotContain("private");
    }

    @Test
    void run_givenCodeThatThrowsOrSaysWhatIsWrong_expectsAFailureWithThePlace() {
        assertThat(failed(code("step.reads()", "List.of().get(3);")).error().getMessage())
                .contains("the step's code failed: java.lang.ArrayIndexOutOfBounds");
        Outcome.Failed said = failed(code("step.reads()", "throw page.failure(\"no stock\");"));
        assertThat(said.error().getKind()).isEqualTo("ASSERTION_FAILED");
        assertThat(said.error().getMessage()).contains("no stock");
    }

    @Test
    void run_givenCodeThatNeverEnds_expectsItEndedAtTheStepsLimit() {
        Outcome outcome = code(
                "step.reads().timeout(Duration.ofMillis(700))",
                "page.navigate(\"/form\"); while (page.count(\"#name\") == 1) { page.url(); }");

        assertThat(outcome).isInstanceOf(Outcome.TimedOut.class);
        assertThat(((Outcome.TimedOut) outcome).error().getKind()).isEqualTo("STEP_TIMEOUT");
    }

    @Test
    void run_givenAStepThatRunsOnce_expectsItsIntentBeforeAndItsEndAfter() {
        Jobs.Recorded progress = new Jobs.Recorded();
        int before = pages.orders();

        Outcome outcome = code("step.runsOnce()", "page.navigate(\"/order\"); throw page.failure(\"lost\");", progress);

        assertThat(failed(outcome).error().getKind()).isEqualTo("UNCERTAIN");
        assertThat(failed(outcome).retryable()).isFalse();
        assertThat(progress.log).containsExactly("intend s");
        assertThat(pages.orders() - before).isEqualTo(1);
    }

    private Outcome code(String rules, String body) {
        return code(rules, body, JobProgress.inMemory());
    }

    private Outcome code(String rules, String body, JobProgress progress) {
        try {
            Path jar = CodeJar.of(
                    "Made",
                    """
                    public void declare(FlowDeclaration flow) {
                        flow.name("made").version(1).site("%s").allowedHosts("127.0.0.1")
                            .input("account", "string")
                            .output("said", Map.of("type", "string", "optional", %s))
                            .step("s", step -> %s, page -> {
                    %s
                        });
                        flow.step("end", step -> step.reads()%s, page -> {});
                    }"""
                            .formatted(
                                    pages.url(),
                                    !rules.contains("sets"),
                                    rules,
                                    body,
                                    rules.contains("sets") ? "" : ".sets(\"said\")"),
                    folder.resolve("made-" + System.nanoTime() + ".jar"));
            return run(CodeFlows.load(jar).get(0), Map.of("account", "private"), progress);
        } catch (IOException e) {
            throw new AssertionError("no jar", e);
        }
    }

    private Outcome run(Flow flow, Map<String, String> inputs, JobProgress progress) {
        FlowRunner runner = FlowRunner.builder(
                        new SecretReferences(
                                Map.of("HEADSTREAM_SECRET_PIN", "4711", "HEADSTREAM_SECRET_PORTAL_PASSWORD", "demo"),
                                null),
                        new DirectoryArtifactStore(folder.resolve("art"), 1_000_000))
                .around(cache::around)
                .observer(new RunObserver() {
                    @Override
                    public void actionEnded(String step, String number, String action, Duration took) {
                        actions.add(step + " " + number + " " + action);
                    }
                })
                .build();
        var job = Jobs.of(flow.name(), inputs, progress);
        Optional<Keep> keep = flow.session().map(rule -> new Keep("portal", 50, Duration.ofMinutes(30), true));
        return Objects.requireNonNull(
                pool.run(LIMIT, ContextSpec.DEFAULT, keep, session -> runner.run(flow, job, session))
                        .block(LIMIT));
    }

    private static List<String> steps(Outcome outcome) {
        return outcome.trace().steps().stream()
                .map(step -> step.getName() + " " + step.getOutcome())
                .toList();
    }
}
