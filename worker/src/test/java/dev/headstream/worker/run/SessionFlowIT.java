package dev.headstream.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.loadgen.site.DemoSite;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import dev.headstream.worker.artifact.DirectoryArtifactStore;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.ContextSpec;
import dev.headstream.worker.browser.Keep;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.secret.SecretReferences;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flows that spare their login: when they do, and what happens when the portal has forgotten them. */
final class SessionFlowIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    static Path folder;
    static DemoSite site;
    static LanePool pool;

    private final List<SessionUse> uses = new ArrayList<>();

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        folder = directory;
        site = DemoSite.start(DemoSite.Options.instant());
        pool = LanePool.start(
                BrowserConfig.defaults().withWorkDirectory(directory.resolve("b")), 1, BrowserEvents.NONE);
    }

    @AfterAll
    static void stop() {
        pool.close();
        site.close();
    }

    @Test
    void run_givenTwoJobsOfOneSession_expectsOneLoginAndItsValuesForBoth() {
        long before = site.stats().logins();

        Outcome first = run("ada");
        Outcome second = run("ada");

        assertThat(outcomes(first)).containsExactly("login RAN", "look RAN");
        assertThat(outcomes(second)).containsExactly("login SKIPPED", "look RAN");
        assertThat(((Outcome.Succeeded) second).outputJson()).isEqualTo(((Outcome.Succeeded) first).outputJson());
        assertThat(((Outcome.Succeeded) second).outputJson()).contains("\"who\":\"ada\"", "\"account\":\"ada\"");
        assertThat(site.stats().logins() - before).isEqualTo(1);
        assertThat(uses).containsExactly(SessionUse.COLD, SessionUse.WARM);
    }

    @Test
    void run_givenASessionThatThePortalEnded_expectsItMadeAnewWithoutNotice() {
        run("bob");
        long before = site.stats().logins();
        logOut("bob");

        Outcome again = run("bob");
        Outcome after = run("bob");

        assertThat(outcomes(again)).containsExactly("login SKIPPED", "login RAN", "look RAN");
        assertThat(outcomes(after)).containsExactly("login SKIPPED", "look RAN");
        assertThat(site.stats().logins() - before).isEqualTo(1);
        assertThat(uses).containsExactly(SessionUse.COLD, SessionUse.REMADE, SessionUse.WARM);
    }

    @Test
    void run_givenALoginThatDoesNotHelp_expectsLoggedOutAfterOneMoreTry() {
        Outcome outcome = run("cleo", "evaluate: \"fetch('/logout', {method: 'POST'})\"", "");

        assertThat(outcomes(outcome)).containsExactly("login RAN", "login RAN", "look FAILED");
        Outcome.Failed failed = (Outcome.Failed) outcome;
        assertThat(failed.error().getKind()).isEqualTo("LOGGED_OUT");
        assertThat(failed.retryable()).isTrue();
    }

    @Test
    void run_givenAJobThatFailed_expectsItsSessionNotToBeUsedAgain() {
        run("dan");
        run("dan", "", "assertText: {selector: h1, equals: nonsense}");

        Outcome next = run("dan");

        assertThat(outcomes(next)).containsExactly("login RAN", "look RAN");
    }

    private static void logOut(String account) {
        var done = pool.run(LIMIT, ContextSpec.DEFAULT, Optional.of(keep(account)), session -> {
                    session.page().navigate(site.url() + "/search");
                    session.page().evaluate("() => fetch('/logout', {method: 'POST'}).then(r => r.status)");
                    session.keep(session.kept().orElseThrow(), false);
                    return true;
                })
                .block(LIMIT);
        assertThat(done).isTrue();
    }

    private static Keep keep(String account) {
        return new Keep("portal " + account, 50, Duration.ofMinutes(30), true);
    }

    private Outcome run(String account) {
        return run(account, "", "");
    }

    /** With a further action at the end of the login and of the step after it, or nothing. */
    private Outcome run(String account, String inLogin, String inLook) {
        Flow flow = FlowFiles.parse(
                "portal.yaml",
                """
                flow: portal
                version: 1
                site: "${inputs.site}"
                allowedHosts: [127.0.0.1]
                inputs: {site: string, account: string, password: {type: string, default: demo}}
                outputs: {account: string, who: string}
                session: {key: "${inputs.account}", login: login, loggedOut: {url: "**/login*"}}
                steps:
                  - name: login
                    effect: idempotent
                    timeout: 10s
                    do:
                      - navigate: "${site}/login"
                      - fill: {selector: "#account", value: "${inputs.account}"}
                      - fill: {selector: "#password", value: "${inputs.password}"}
                      - click: "#sign-in"
                      - waitForText: {selector: "#account-name", text: "${inputs.account}"}
                      - extract: {account: "#account-name"}
                      %s
                  - name: look
                    effect: read
                    timeout: 10s
                    do:
                      - navigate: "${site}/account"
                      - extract: {who: "#account-name"}
                      %s
                """
                        .formatted(inLogin.isEmpty() ? "" : "- " + inLogin, inLook.isEmpty() ? "" : "- " + inLook));
        FlowRunner runner = FlowRunner.builder(
                        new SecretReferences(Map.of(), null),
                        new DirectoryArtifactStore(folder.resolve("art"), 1_000_000))
                .observer(new RunObserver() {
                    @Override
                    public void sessionUsed(String name, SessionUse use) {
                        uses.add(use);
                    }
                })
                .build();
        var job = Jobs.of("portal", Map.of("site", site.url(), "account", account), JobProgress.inMemory());
        return Objects.requireNonNull(pool.run(
                        LIMIT,
                        ContextSpec.DEFAULT,
                        Optional.of(keep(account)),
                        session -> runner.run(flow, job, session))
                .block(LIMIT));
    }

    private static List<String> outcomes(Outcome outcome) {
        return outcome.trace().steps().stream()
                .map((StepReport step) -> step.getName() + " " + word(step.getOutcome()))
                .toList();
    }

    private static String word(StepOutcome outcome) {
        return outcome.name();
    }
}
