package dev.headstream.worker.warm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobRequested;
import dev.headstream.worker.browser.Keep;
import dev.headstream.worker.browser.SessionLeft;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.warm.WarmEvents.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** When it is logged in ahead of need, and above all when not. */
final class WarmSessionsTest {
    private static final Duration TTL = Duration.ofMinutes(30);
    private static final Outcome WELL = new Outcome.Succeeded(null, Outcome.Trace.NONE);
    private static final Outcome BADLY =
            new Outcome.Failed(new JobError("ASSERTION_FAILED", "no", "look"), false, Outcome.Trace.NONE);

    private final FakeBrowser browser = new FakeBrowser();
    private final List<Result> results = new ArrayList<>();
    private long now = 1_000_000_000_000L;
    private final WarmSessions sessions = new WarmSessions(browser, (flow, result) -> results.add(result), () -> now);

    /** Logs in when it is told to, and knows what is left of each session. */
    private static final class FakeBrowser implements WarmSessions.Browser {
        final List<String> logins = new ArrayList<>();
        final List<Map<String, String>> inputs = new ArrayList<>();
        final Map<String, SessionLeft> left = new HashMap<>();
        Sinks.One<Outcome> login = Sinks.one();
        boolean room = true;
        boolean lane = true;

        @Override
        public boolean hasRoom() {
            return room;
        }

        @Override
        public Optional<SessionLeft> session(Keep keep) {
            return Optional.ofNullable(left.get(keep.key()));
        }

        @Override
        public Mono<Outcome> logIn(Flow flow, Map<String, String> given, Keep keep) {
            if (!lane) {
                return Mono.empty();
            }
            assertThat(keep.reuse()).as("it is to be made anew").isFalse();
            logins.add(keep.key());
            inputs.add(given);
            return login.asMono();
        }

        void end(Outcome outcome) {
            login.tryEmitValue(outcome).orThrow();
            login = Sinks.one();
        }

        void fail(Throwable failure) {
            login.tryEmitError(failure).orThrow();
            login = Sinks.one();
        }
    }

    private static Flow flow(int warm) {
        return FlowFiles.parse(
                "portal.yaml",
                """
                flow: portal
                version: 1
                site: https://portal.example
                allowedHosts: [portal.example]
                inputs: {account: string, query: string}
                session: {key: "${inputs.account}", maxUses: 20, ttl: 30m, login: login, warm: %d}
                steps:
                  - {name: login, effect: idempotent, do: [{navigate: "/login?${inputs.account}"}]}
                  - {name: look, effect: read, do: [{navigate: "/search?${inputs.query}"}]}
                """
                        .formatted(warm));
    }

    private Mono<Outcome> job(int warm, String account, Mono<Outcome> attempt) {
        JobRequested request = new JobRequested(
                "job-1",
                "portal",
                Map.of("account", account, "query", "private"),
                null,
                null,
                1,
                Map.of(),
                Instant.EPOCH,
                false);
        return sessions.around(flow(warm), request, new Keep(account, 20, TTL, true), attempt);
    }

    private void ran(String account, Outcome outcome, SessionLeft... leaves) {
        assertThat(job(2, account, Mono.just(outcome)).block()).isEqualTo(outcome);
        browser.left.remove(account);
        for (SessionLeft left : leaves) {
            browser.left.put(account, left);
        }
    }

    private static SessionLeft left(Duration time, int uses) {
        return new SessionLeft(time, uses);
    }

    private void look() {
        sessions.look(flow -> true);
    }

    @Test
    void look_givenASessionWithTimeAndUses_expectsNoLogin() {
        ran("ada", WELL, left(Duration.ofMinutes(4), 3));

        look();

        assertThat(browser.logins).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"180, 19, true", "181, 3, false", "1700, 2, true"})
    void look_givenWhatIsLeft_expectsALoginInTheLastTenth(long seconds, int uses, boolean expected) {
        ran("ada", WELL, left(Duration.ofSeconds(seconds), uses));

        look();

        assertThat(browser.logins).hasSize(expected ? 1 : 0);
    }

    @Test
    void look_givenASessionThatIsOver_expectsALogin() {
        ran("ada", WELL);

        look();

        assertThat(browser.logins).containsExactly("ada");
    }

    @Test
    void look_givenAKeyThatNobodyUsedLately_expectsNoLogin() {
        ran("ada", WELL);
        now += TTL.dividedBy(2).plusNanos(1).toNanos();

        look();

        assertThat(browser.logins).isEmpty();
    }

    @Test
    void look_givenMoreKeysThanAreKept_expectsTheOnesUsedLast() {
        ran("ada", WELL);
        ran("bob", WELL);
        ran("ada", WELL);
        ran("cleo", WELL);

        look();

        assertThat(browser.logins).containsExactlyInAnyOrder("ada", "cleo");
    }

    @Test
    void look_givenAFlowThatKeepsNone_expectsNoLogin() {
        assertThat(job(0, "ada", Mono.just(WELL)).block()).isEqualTo(WELL);

        look();

        assertThat(browser.logins).isEmpty();
    }

    @Test
    void look_givenAFailedJob_expectsNoLoginUntilAnotherWentWell() {
        ran("ada", WELL);
        ran("ada", BADLY);
        look();
        assertThat(browser.logins).isEmpty();

        ran("ada", WELL);
        look();

        assertThat(browser.logins).containsExactly("ada");
    }

    @Test
    void look_givenALoginThatFailed_expectsNoOther() {
        ran("ada", WELL);
        look();
        browser.end(BADLY);

        look();

        assertThat(browser.logins).hasSize(1);
        assertThat(results).containsExactly(Result.FAILED);
    }

    @Test
    void look_givenALoginThatGaveWay_expectsAnotherAfterAPause() {
        ran("ada", WELL);
        look();
        browser.fail(new CancellationException("a job wanted the lane"));

        look();
        assertThat(browser.logins).hasSize(1);
        now += Duration.ofSeconds(30).toNanos();
        look();

        assertThat(browser.logins).hasSize(2);
        assertThat(results).containsExactly(Result.INTERRUPTED);
    }

    @Test
    void look_givenNoFreeLane_expectsItTriedTheNextTime() {
        ran("ada", WELL);
        browser.lane = false;
        look();
        browser.lane = true;

        look();

        assertThat(browser.logins).containsExactly("ada");
        assertThat(results).isEmpty();
    }

    @Test
    void look_givenARunningJobOfTheKey_expectsNoLoginBesideIt() {
        ran("ada", WELL);
        Sinks.One<Outcome> attempt = Sinks.one();
        Mono<Outcome> running = job(2, "ada", attempt.asMono()).cache();
        var unused = running.subscribe();
        look();
        assertThat(browser.logins).isEmpty();

        attempt.tryEmitValue(WELL).orThrow();
        look();

        assertThat(browser.logins).containsExactly("ada");
    }

    @Test
    void around_givenALoginUnderWay_expectsTheJobAfterItAndOthersAtOnce() {
        ran("ada", WELL);
        look();
        List<String> begun = new ArrayList<>();

        var ada = job(2, "ada", Mono.fromSupplier(() -> begun("ada", begun))).subscribe();
        var bob = job(2, "bob", Mono.fromSupplier(() -> begun("bob", begun))).subscribe();
        assertThat(ada.isDisposed()).isFalse();
        assertThat(bob.isDisposed()).isTrue();
        assertThat(begun).containsExactly("bob");
        browser.end(WELL);

        assertThat(begun).containsExactly("bob", "ada");
        assertThat(results).containsExactly(Result.MADE);
    }

    private static Outcome begun(String account, List<String> begun) {
        begun.add(account);
        return WELL;
    }

    @Test
    void look_givenALoginUnderWay_expectsNoSecondForTheKey() {
        ran("ada", WELL);
        look();

        look();

        assertThat(browser.logins).hasSize(1);
    }

    @Test
    void look_givenContextsThatAreShortOrAnOpenCircuit_expectsNoLogin() {
        ran("ada", WELL);
        browser.room = false;
        look();
        browser.room = true;
        sessions.look(flow -> false);

        assertThat(browser.logins).isEmpty();
    }

    @Test
    void look_givenInputsOfTheJob_expectsNoMoreThanTheLoginTakes() {
        ran("ada", WELL);

        look();

        assertThat(browser.inputs).containsExactly(Map.of("account", "ada"));
    }

    @Test
    void close_givenALoginUnderWay_expectsItBrokenOff() {
        ran("ada", WELL);
        look();
        assertThat(browser.login.currentSubscriberCount()).isEqualTo(1);

        sessions.close();

        assertThat(browser.login.currentSubscriberCount()).isZero();
    }
}
