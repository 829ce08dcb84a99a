package dev.headstream.worker.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobRequested;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowFiles;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

final class CircuitHandlerTest {
    private static final CircuitSettings SETTINGS =
            new CircuitSettings(0.5, 0.5, 4, 4, Duration.ofSeconds(10), Duration.ofSeconds(30), 2);
    private static final Outcome GOOD = new Outcome.Succeeded(null, Outcome.Trace.NONE);
    private static final Outcome BAD = failed(true);

    private final SettableClock clock = new SettableClock();
    private final List<String> events = new ArrayList<>();
    private final AtomicInteger attempts = new AtomicInteger();
    private Supplier<Mono<Outcome>> portal = () -> Mono.just(GOOD);
    private final CircuitHandler handler = new CircuitHandler(
            new Attempted(),
            List.of(flow("portal"), flow("other")),
            SETTINGS,
            new CircuitEvents() {
                @Override
                public void changed(String flow, State state) {
                    events.add(flow + " " + state);
                }

                @Override
                public void postponed(String flow) {
                    events.add(flow + " postponed");
                }
            },
            clock);

    @Test
    void handle_givenHalfOfTheAttemptsFailing_expectsTheNextPostponedAndOtherFlowsToGoOn() {
        open();

        Outcome next = run("portal");
        int tried = attempts.get();
        Outcome other = run("other");

        assertThat(next).isInstanceOf(Outcome.Postponed.class);
        assertThat(((Outcome.Postponed) next).delay()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(12));
        assertThat(tried).isEqualTo(4);
        assertThat(other).isNotInstanceOf(Outcome.Postponed.class);
        assertThat(events).containsExactly("portal OPEN", "portal postponed");
    }

    @Test
    void handle_givenFailuresThatNoOtherAttemptWouldHelp_expectsTheCircuitClosed() {
        portal = () -> Mono.just(failed(false));
        for (int i = 0; i < 20; i++) {
            run("portal");
        }

        assertThat(events).isEmpty();
    }

    @Test
    void handle_givenAnswersOfThePageThatAreTriedAgain_expectsTheCircuitClosed() {
        Outcome answer = new Outcome.Failed(new JobError("ASSERTION_FAILED", "none", null), true, Outcome.Trace.NONE);
        portal = () -> Mono.just(answer);
        for (int i = 0; i < 20; i++) {
            run("portal");
        }

        assertThat(events).isEmpty();
    }

    @Test
    void handle_givenInterruptedAttempts_expectsTheCircuitClosed() {
        portal = () -> Mono.just(new Outcome.Interrupted("browser gone", Outcome.Trace.NONE));
        for (int i = 0; i < 20; i++) {
            run("portal");
        }

        assertThat(events).isEmpty();
    }

    @Test
    void handle_givenTheTimeIsOver_expectsProbesAndNoMore() {
        open();
        clock.advance(Duration.ofMillis(10_001));
        portal = Mono::never;

        Disposable first = handler.handle(job("portal")).subscribe();
        Disposable second = handler.handle(job("portal")).subscribe();
        Outcome third = run("portal");

        assertThat(third).isInstanceOf(Outcome.Postponed.class);
        assertThat(attempts).hasValue(6);
        first.dispose();
        second.dispose();
        portal = () -> Mono.just(GOOD);
        assertThat(run("portal"))
                .as("a probe that is cancelled gives its place back")
                .isEqualTo(GOOD);
    }

    @Test
    void handle_givenGoodProbes_expectsTheCircuitClosed() {
        open();
        clock.advance(Duration.ofMillis(10_001));
        portal = () -> Mono.just(GOOD);

        run("portal");
        run("portal");
        run("portal");

        assertThat(events).containsExactly("portal OPEN", "portal HALF_OPEN", "portal CLOSED");
        assertThat(attempts).hasValue(7);
    }

    @Test
    void handle_givenBadProbes_expectsTwiceTheWaitUpToTheMost() {
        open();
        clock.advance(Duration.ofMillis(10_001));
        run("portal");
        run("portal");

        assertThat(((Outcome.Postponed) run("portal")).delay())
                .isBetween(Duration.ofSeconds(20), Duration.ofSeconds(24));

        clock.advance(Duration.ofMillis(20_001));
        run("portal");
        run("portal");
        assertThat(((Outcome.Postponed) run("portal")).delay())
                .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(36));
    }

    @Test
    void handle_givenAttemptsOverTheFlowsBudget_expectsTheCircuitOpen() {
        Outcome slow = new Outcome.Succeeded(null, new Outcome.Trace(1, List.of(), List.of(), Duration.ofMillis(600)));
        portal = () -> Mono.just(slow);
        for (int i = 0; i < 4; i++) {
            run("portal");
        }

        assertThat(run("portal")).isInstanceOf(Outcome.Postponed.class);
    }

    @Test
    void handle_givenAttemptsThatWaitedForAContext_expectsTheCircuitClosed() {
        portal = () -> Mono.delay(Duration.ofMillis(600)).thenReturn(GOOD);
        for (int i = 0; i < 4; i++) {
            run("portal");
        }

        assertThat(run("portal")).isEqualTo(GOOD);
    }

    @Test
    void handle_givenAnUnknownFlow_expectsItPassedOn() {
        portal = () -> Mono.just(BAD);
        for (int i = 0; i < 10; i++) {
            assertThat(run("unknown")).isEqualTo(BAD);
        }
    }

    @Test
    void settings_givenNonsense_expectsWhatIsWrong() {
        assertThatThrownBy(() -> new CircuitSettings(0.5, 0.5, 4, 5, Duration.ofSeconds(1), Duration.ofSeconds(1), 1))
                .hasMessageContaining("minimum 5, window 4");
        assertThatThrownBy(() -> new CircuitSettings(0.5, 0.5, 4, 4, Duration.ofSeconds(2), Duration.ofSeconds(1), 1))
                .hasMessageContaining("openFor <= openAtMost");
        assertThatThrownBy(() -> new CircuitSettings(0, 0.5, 4, 4, Duration.ofSeconds(1), Duration.ofSeconds(1), 1))
                .hasMessageContaining("rates");
    }

    private void open() {
        List<Outcome> outcomes = new ArrayList<>(List.of(GOOD, GOOD, BAD, BAD));
        portal = () -> Mono.just(outcomes.isEmpty() ? BAD : outcomes.remove(0));
        for (int i = 0; i < 4; i++) {
            run("portal");
        }
    }

    private Outcome run(String flow) {
        return Objects.requireNonNull(handler.handle(job(flow)).block(Duration.ofSeconds(10)));
    }

    private static Outcome failed(boolean retryable) {
        return new Outcome.Failed(new JobError("NAVIGATION_FAILED", "gone", null), retryable, Outcome.Trace.NONE);
    }

    private static Flow flow(String name) {
        return FlowFiles.parse(
                "flow.yaml",
                """
                flow: %s
                version: 1
                budget: %s
                allowedHosts: [portal.example]
                steps: [{name: look, effect: read, do: [{navigate: "https://portal.example"}]}]
                """
                        .formatted(name, name.equals("portal") ? "500ms" : "50s"));
    }

    private static Job job(String flow) {
        JobRequested request = new JobRequested("job", flow, Map.of(), null, null, 3, Map.of(), Instant.EPOCH, false);
        return new Job("job", null, request, new Job.Position("jobs", 0, 0, 0), 1, null, JobProgress.inMemory());
    }

    private final class Attempted implements JobHandler {
        @Override
        public Mono<Outcome> handle(Job job) {
            return Mono.defer(() -> {
                attempts.incrementAndGet();
                return portal.get();
            });
        }

        @Override
        public int concurrency() {
            return 1;
        }
    }

    private static final class SettableClock extends Clock {
        private Instant now = Instant.EPOCH;

        void advance(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
