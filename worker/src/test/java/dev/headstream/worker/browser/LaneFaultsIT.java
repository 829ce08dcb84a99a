package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.WaitUntilState;
import dev.headstream.worker.browser.BrowserFailureException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Faults of pages, tasks and processes, and that the lane works again after each. */
final class LaneFaultsIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofSeconds(4);
    private static final String NEVER = "() => new Promise(() => {})";
    /** As a worker's, but with less patience where a test has to wait for it. */
    private static final Timings TIMINGS = new Timings(
            Duration.ofSeconds(20),
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofSeconds(8),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    static final RecordedEvents events = new RecordedEvents();
    static TestSite site;
    static LanePool pool;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        site = new TestSite();
        pool = LanePool.start(BrowserConfig.defaults().withWorkDirectory(folder), 2, events, TIMINGS);
    }

    @AfterAll
    static void stop() {
        pool.close();
        site.close();
    }

    @BeforeEach
    void bothLanesWork() {
        assertThat(Flux.merge(title(), title()).collectList().block(Duration.ofSeconds(90)))
                .containsExactly("Home", "Home");
        events.clear();
    }

    private static Mono<String> title() {
        return pool.run(LONG, ContextSpec.DEFAULT, session -> {
            session.page().navigate(site.url("/"));
            return session.page().title();
        });
    }

    private static <T> T result(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(Duration.ofSeconds(90)), "no value");
    }

    private static void assertFails(Mono<?> mono, Kind kind) {
        assertThatThrownBy(() -> mono.block(Duration.ofSeconds(90)))
                .isInstanceOfSatisfying(BrowserFailureException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(kind));
    }

    @Test
    void run_givenPageThatNeverYields_expectsDeadline() {
        Mono<Object> busy = pool.run(SHORT, ContextSpec.DEFAULT, session -> {
            session.page().navigate(site.url("/busy"), new Page.NavigateOptions().setWaitUntil(WaitUntilState.COMMIT));
            return session.page().evaluate("() => 1");
        });

        assertThatThrownBy(() -> result(busy)).isInstanceOf(DeadlineExceededException.class);
        assertThat(result(title())).isEqualTo("Home");
    }

    @Test
    void run_givenDialogThatNobodyAnswers_expectsDeadline() {
        Mono<Object> dialog = pool.run(SHORT, ContextSpec.DEFAULT, session -> {
            session.page().onDialog(unanswered -> {});
            return session.page().evaluate("() => alert('hello')");
        });

        assertThatThrownBy(() -> result(dialog)).isInstanceOf(DeadlineExceededException.class);
        assertThat(result(title())).isEqualTo("Home");
    }

    @Test
    void within_givenEndlessStep_expectsItsDeadlineOnlyAndTheTaskGoesOn() {
        Mono<String> task = pool.run(LONG, ContextSpec.DEFAULT, session -> {
            session.page().navigate(site.url("/"));
            try {
                session.within(Duration.ofMillis(500), () -> session.page().evaluate(NEVER));
                return "not reached";
            } catch (DeadlineExceededException e) {
                assertThat(e.timeout()).isEqualTo(Duration.ofMillis(500));
                return session.page().title();
            }
        });

        assertThat(result(task)).isEqualTo("Home");
    }

    @Test
    void run_givenTaskThatCatchesTheInterruptAndGoesOn_expectsDeadlineAllTheSame() {
        Mono<String> stubborn = pool.run(SHORT, ContextSpec.DEFAULT, session -> {
            for (int tries = 0; tries < 3; tries++) {
                try {
                    session.page().evaluate(NEVER);
                } catch (PlaywrightException e) {
                    assertThat(e).hasMessageContaining("interrupted");
                }
            }
            return "done after all";
        });

        assertThatThrownBy(() -> result(stubborn)).isInstanceOf(DeadlineExceededException.class);
    }

    @Test
    void run_givenTaskThatIgnoresInterrupts_expectsDeadlineAndANewThreadForTheLane() {
        AtomicBoolean stop = new AtomicBoolean();
        Mono<String> deaf = pool.run(SHORT, ContextSpec.DEFAULT, LaneTask.labelled("deaf", session -> {
            while (!stop.get()) {
                Thread.onSpinWait();
            }
            return "ended";
        }));

        assertThatThrownBy(() -> result(deaf)).isInstanceOf(DeadlineExceededException.class);

        stop.set(true);
        assertThat(pool.snapshot()).hasSize(2).noneMatch(lane -> lane.task().equals(Optional.of("deaf")));
    }

    @Test
    void run_givenRendererKilledWhileBlocked_expectsPageCrashed() {
        CompletableFuture<Boolean> loaded = new CompletableFuture<>();
        CompletableFuture<Object> task = pool.run(LONG, ContextSpec.DEFAULT, session -> {
                    session.page().navigate(site.url("/"));
                    loaded.complete(true);
                    return session.page().evaluate(NEVER);
                })
                .toFuture();
        assertThat(loaded.completeOnTimeout(false, 60, TimeUnit.SECONDS).join()).isTrue();

        Signal.renderers(pool.server()).forEach(renderer -> Signal.send("KILL", renderer.pid()));

        assertFails(Mono.fromFuture(task), Kind.PAGE_CRASHED);
        await().untilAsserted(() -> assertThat(events.all()).contains("crashed", "recycled PAGE_CRASHED"));
        assertThat(events.count("restarted")).isZero();
    }

    @Test
    void run_givenRendererKilledBetweenCalls_expectsPageCrashedInsteadOfAnEmptyTitle() {
        CompletableFuture<Boolean> killed = new CompletableFuture<>();
        CompletableFuture<Boolean> loaded = new CompletableFuture<>();
        CompletableFuture<String> task = pool.run(LONG, ContextSpec.DEFAULT, session -> {
                    session.page().navigate(site.url("/"));
                    loaded.complete(true);
                    killed.get(60, TimeUnit.SECONDS);
                    return session.page().title();
                })
                .toFuture();
        assertThat(loaded.completeOnTimeout(false, 60, TimeUnit.SECONDS).join()).isTrue();

        Signal.renderers(pool.server()).forEach(renderer -> Signal.send("KILL", renderer.pid()));
        killed.completeOnTimeout(true, 1, TimeUnit.SECONDS);

        assertFails(Mono.fromFuture(task), Kind.PAGE_CRASHED);
    }

    @Test
    void checkAlive_givenCrashedPage_expectsTheTaskToKnowAndItsAnswerToCount() {
        CompletableFuture<Boolean> loaded = new CompletableFuture<>();
        CompletableFuture<String> task = pool.run(LONG, ContextSpec.DEFAULT, session -> {
                    session.page().navigate(site.url("/"));
                    loaded.complete(true);
                    try {
                        session.page().evaluate(NEVER);
                        return "not reached";
                    } catch (PlaywrightException e) {
                        assertThatThrownBy(session::checkAlive).hasMessage("the page crashed");
                        return "I know";
                    }
                })
                .toFuture();
        assertThat(loaded.completeOnTimeout(false, 60, TimeUnit.SECONDS).join()).isTrue();

        Signal.renderers(pool.server()).forEach(renderer -> Signal.send("KILL", renderer.pid()));

        assertThat(result(Mono.fromFuture(task))).isEqualTo("I know");
    }

    private static CompletableFuture<Object> blocked(Duration deadline) {
        CompletableFuture<Boolean> loaded = new CompletableFuture<>();
        CompletableFuture<Object> task = pool.run(deadline, ContextSpec.DEFAULT, session -> {
                    session.page().navigate(site.url("/"));
                    loaded.complete(true);
                    return session.page().evaluate(NEVER);
                })
                .toFuture();
        assertThat(loaded.completeOnTimeout(false, 60, TimeUnit.SECONDS).join()).isTrue();
        return task;
    }

    @Test
    void run_givenChromiumKilled_expectsDisconnectedOnAllLanesAndAnother() {
        CompletableFuture<Object> first = blocked(LONG);
        CompletableFuture<Object> second = blocked(LONG);

        Signal.send("KILL", pool.server().chromium().orElseThrow().pid());

        assertFails(Mono.fromFuture(first), Kind.DISCONNECTED);
        assertFails(Mono.fromFuture(second), Kind.DISCONNECTED);
        assertThat(result(title())).isEqualTo("Home");
        assertThat(events.count("restarted")).isEqualTo(1);
    }

    @Test
    void run_givenNodeKilled_expectsDisconnectedAndNoChromiumLeft() {
        CompletableFuture<Object> task = blocked(LONG);
        LaneServer before = pool.server();
        ProcessHandle chromium = before.chromium().orElseThrow();

        Signal.send("KILL", before.nodePid());

        assertFails(Mono.fromFuture(task), Kind.DISCONNECTED);
        assertThat(result(title())).isEqualTo("Home");
        assertThat(chromium.isAlive()).isFalse();
        assertThat(pool.server()).isNotSameAs(before);
    }

    @Test
    void run_givenChromiumStopped_expectsDisconnectedAfterTheDeadline() {
        CompletableFuture<Object> task = blocked(SHORT);

        Signal.send("STOP", pool.server().chromium().orElseThrow().pid());

        assertFails(Mono.fromFuture(task), Kind.DISCONNECTED);
        assertThat(events.all())
                .containsSubsequence("timeout CLOSE", "timeout INTERRUPT", "timeout RECONNECT", "timeout RESTART");
        assertThat(result(title())).isEqualTo("Home");
    }

    @Test
    void run_givenTaskThatThrows_expectsItsOwnExceptionAndAClosedContext() {
        Mono<Object> failing = pool.run(LONG, ContextSpec.DEFAULT, session -> {
            throw new IllegalStateException("mine");
        });

        assertThatThrownBy(() -> result(failing))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("mine");
        assertThat(result(title())).isEqualTo("Home");
        assertThat(events.all()).contains("closed").noneMatch(event -> event.startsWith("recycled"));
    }
}
