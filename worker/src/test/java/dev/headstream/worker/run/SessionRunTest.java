package dev.headstream.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.StepOutcome;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.secret.SecretReferences;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run makes of the session it gets, and leaves of it, with steps that do what a test says and no browser. */
final class SessionRunTest {
    private static final String WITH_LOGIN = ", login: login, loggedOut: {url: \"**/login\"}";
    private static final String NOTE = "{\"who\":\"ada\"}";

    private final Map<String, StepRunner> bodies = new HashMap<>();
    private String openEffect = "read";
    private boolean realSteps;
    private final Jobs.Recorded progress = new Jobs.Recorded();

    @Test
    void run_givenALoginPassedOver_expectsItsSecretMasked() {
        sets("look", "who", "pin 1234");

        Outcome outcome = run(WITH_LOGIN, UnseenSession.warm(NOTE), JobProgress.inMemory());

        assertThat(outcomes(outcome)).containsExactly("open RAN", "login SKIPPED", "look RAN");
        assertThat(((Outcome.Succeeded) outcome).outputJson()).contains("pin ***");
    }

    @Test
    void run_givenALoginCompletedEarlier_expectsItsSecretMasked() {
        sets("look", "who", "pin 1234");

        Outcome outcome = run("", UnseenSession.cold(), progress.completed("login", null));

        assertThat(outcomes(outcome)).containsExactly("open RAN", "login RESUMED", "look RAN");
        assertThat(((Outcome.Succeeded) outcome).outputJson()).contains("pin ***");
    }

    @Test
    void run_givenALoginThatRan_expectsTheContextKept() {
        sets("login", "who", "ada");
        UnseenSession lane = UnseenSession.cold();

        run(WITH_LOGIN, lane, JobProgress.inMemory());

        assertThat(lane.wishes).containsExactly(NOTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {WITH_LOGIN, ""})
    void run_givenNothingLeftToRun_expectsAContextThatNobodyLoggedInNotToBeKept(String session) {
        UnseenSession lane = UnseenSession.cold();

        Outcome outcome = run(
                session,
                lane,
                progress.completed("open", null).completed("login", null).completed("look", null));

        assertThat(outcomes(outcome)).containsExactly("open RESUMED", "login RESUMED", "look RESUMED");
        assertThat(lane.wishes).isEmpty();
    }

    @Test
    void run_givenTheLoginPageBeforeTheLoginHadItsTurn_expectsOneLogin() {
        bodies.put("open", this::checked);

        Outcome outcome = run(WITH_LOGIN, UnseenSession.cold(), JobProgress.inMemory());

        assertThat(outcomes(outcome)).containsExactly("open RAN", "login RAN", "look RAN");
    }

    @Test
    void run_givenAWarmSessionThatEndedBeforeTheLoginsTurn_expectsOneLoginAndItsValues() {
        sets("login", "who", "eve");
        AtomicInteger opened = new AtomicInteger();
        bodies.put(
                "open",
                (step, scope) -> opened.incrementAndGet() == 1
                        ? checked(step, scope)
                        : new StepResult(StepOutcome.RAN, Map.of()));
        UnseenSession lane = UnseenSession.warm(NOTE);

        Outcome outcome = run(WITH_LOGIN, lane, JobProgress.inMemory());

        assertThat(outcomes(outcome)).containsExactly("login RAN", "open RAN", "look RAN");
        assertThat(((Outcome.Succeeded) outcome).outputJson()).contains("eve");
        assertThat(lane.wishes).containsExactly("{\"who\":\"eve\"} renewed");
    }

    @Test
    void run_givenAnErrorStatusWithTheLoginPage_expectsALoginAndNotAFailureOfTheStep() {
        realSteps = true;

        Outcome outcome = run(WITH_LOGIN, UnseenSession.warm(NOTE), JobProgress.inMemory());

        assertThat(outcomes(outcome)).containsExactly("login FAILED");
    }

    @ParameterizedTest
    @CsvSource({"true,read,true", "false,read,false", "true,once,false"})
    void run_givenAFinalFailure_expectsAnotherAttemptOnlyIfTheSessionMayBeStaleAndNothingRanOnce(
            boolean warm, String effect, boolean retryable) {
        openEffect = effect;
        bodies.put("look", (step, scope) -> {
            throw new StepFailureException(FailureKind.HTTP_STATUS, "403");
        });

        Outcome outcome =
                run(WITH_LOGIN, warm ? UnseenSession.warm(NOTE) : UnseenSession.cold(), JobProgress.inMemory());

        Outcome.Failed failed = (Outcome.Failed) outcome;
        assertThat(failed.error().getKind()).isEqualTo("HTTP_STATUS");
        assertThat(failed.retryable()).isEqualTo(retryable);
    }

    /** As if it had opened a page, which is the login's. */
    private StepResult checked(Step step, StepScope scope) {
        scope.login().check(step, scope.session().page(), scope);
        return new StepResult(StepOutcome.RAN, Map.of());
    }

    private void sets(String step, String name, String value) {
        Map<String, JsonNode> values = Map.of(name, TextNode.valueOf(value));
        bodies.put(step, (unused, scope) -> new StepResult(StepOutcome.RAN, values));
    }

    private StepResult body(Step step, StepScope scope) {
        StepRunner ran = (unused, also) -> new StepResult(StepOutcome.RAN, Map.of());
        return bodies.getOrDefault(step.name(), ran).run(step, scope);
    }

    private Outcome run(String session, UnseenSession lane, JobProgress at) {
        Flow flow = FlowFiles.parse(
                "portal.yaml",
                """
                flow: portal
                version: 1
                site: https://eu.portal.example
                allowedHosts: ["*.portal.example"]
                inputs: {account: string}
                outputs: {who: {type: string, optional: true}}
                session: {key: "${inputs.account}"%s}
                steps:
                  - name: open
                    effect: %s
                    do: [{navigate: /}]
                  - name: login
                    effect: idempotent
                    do:
                      - navigate: /login
                      - fill: {selector: "#pin", value: "${secret:pin}"}
                      - extract: {who: "#who"}
                  - name: look
                    effect: read
                    do:
                      - navigate: /account
                      - extract: {who: "#who"}
                """
                        .formatted(session, openEffect));
        FlowRunner runner = FlowRunner.builder(
                        new SecretReferences(Map.of("HEADSTREAM_SECRET_PIN", "1234"), null),
                        (job, name, type, bytes) -> {
                            throw new AssertionError("no file is made");
                        })
                .around(real -> realSteps ? real : this::body)
                .build();
        return runner.run(flow, Jobs.of("portal", Map.of("account", "ada"), at), lane);
    }

    private static List<String> outcomes(Outcome outcome) {
        return outcome.trace().steps().stream()
                .map(step -> step.getName() + " " + step.getOutcome().name())
                .toList();
    }
}
