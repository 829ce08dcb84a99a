package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class DeadlinesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTimer timer = new ManualTimer();
    private final Deadlines deadlines = new Deadlines(timer);

    @AfterEach
    void nothingIsLeftBehind() {
        assertThat(Thread.interrupted()).as("interrupt left behind").isFalse();
        assertThat(timer.waiting()).as("alarms left behind").isZero();
    }

    @Test
    void within_givenBodyInTime_expectsItsValue() throws Exception {
        assertThat(deadlines.within(SECOND, () -> "done")).isEqualTo("done");
        timer.advance(SECOND);
    }

    @Test
    void within_givenBodyThatThrows_expectsItsException() {
        assertThatThrownBy(() -> deadlines.within(SECOND, () -> {
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
    }

    @Test
    void within_givenDeadlinePassed_expectsInterruptAndTheDeadlineInsteadOfWhatTheBodyThrew() {
        assertThatThrownBy(() -> deadlines.within(SECOND, () -> {
                    timer.advance(SECOND);
                    new CountDownLatch(1).await();
                    return "not reached";
                }))
                .isInstanceOfSatisfying(DeadlineExceededException.class, e -> {
                    assertThat(e.timeout()).isEqualTo(SECOND);
                    assertThat(e.getSuppressed()).hasAtLeastOneElementOfType(InterruptedException.class);
                });
    }

    @Test
    void within_givenBodyThatSwallowsTheInterruptAndReturns_expectsTheDeadline() {
        assertThatThrownBy(() -> deadlines.within(SECOND, () -> {
                    timer.advance(SECOND);
                    assertThat(Thread.interrupted()).isTrue();
                    return "as if nothing had been";
                }))
                .isInstanceOf(DeadlineExceededException.class);
    }

    @Test
    void within_givenBodyThatGoesOnAfterTheInterrupt_expectsAnother() {
        AtomicInteger interrupts = new AtomicInteger();

        assertThatThrownBy(() -> deadlines.within(SECOND, () -> {
                    timer.advance(SECOND);
                    for (int i = 0; i < 5; i++) {
                        if (Thread.interrupted()) {
                            interrupts.incrementAndGet();
                        }
                        timer.advance(Deadlines.REPEAT);
                    }
                    return "late";
                }))
                .isInstanceOf(DeadlineExceededException.class);
        assertThat(interrupts).hasValue(5);
    }

    @Test
    void within_givenInnerDeadlinePassed_expectsTheOuterBodyToGoOnUninterrupted() throws Exception {
        String value = deadlines.within(Duration.ofSeconds(10), () -> {
            assertThatThrownBy(() -> deadlines.within(SECOND, () -> {
                        timer.advance(SECOND);
                        return "late";
                    }))
                    .isInstanceOfSatisfying(DeadlineExceededException.class, e -> assertThat(e.timeout())
                            .isEqualTo(SECOND));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            return "went on";
        });

        assertThat(value).isEqualTo("went on");
    }

    @Test
    void within_givenOuterDeadlinePassedInTheInner_expectsTheOuterOneAndTheThreadToStayInterrupted() {
        Duration outer = Duration.ofSeconds(2);

        assertThatThrownBy(() -> deadlines.within(outer, () -> {
                    assertThatThrownBy(() -> deadlines.within(Duration.ofSeconds(10), () -> {
                                timer.advance(outer);
                                return "late";
                            }))
                            .isInstanceOfSatisfying(DeadlineExceededException.class, e -> assertThat(e.timeout())
                                    .isEqualTo(outer));
                    assertThat(Thread.currentThread().isInterrupted()).isTrue();
                    return "late too";
                }))
                .isInstanceOfSatisfying(DeadlineExceededException.class, e -> assertThat(e.timeout())
                        .isEqualTo(outer));
    }

    @Test
    void cancel_givenScopeThatHasEnded_expectsTheNextBodyUndisturbed() throws Exception {
        Deadlines.Scope ended = deadlines.open(SECOND, Deadlines.Overdue.IGNORED);
        assertThat(ended.end()).isNull();

        String next = deadlines.within(SECOND, () -> {
            ended.cancel();
            timer.advance(SECOND.dividedBy(2));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            return "undisturbed";
        });

        assertThat(next).isEqualTo("undisturbed");
    }

    @Test
    void cancelAll_givenOpenScopes_expectsCancellation() {
        assertThatThrownBy(() -> deadlines.within(SECOND, () -> {
                    deadlines.cancelAll();
                    return "late";
                }))
                .isInstanceOf(CancellationException.class);
    }

    @Test
    void open_givenOverdueBody_expectsToBeToldHowLongUntilItEnds() {
        List<Duration> told = new ArrayList<>();
        Deadlines.Scope scope = deadlines.open(SECOND, told::add);

        timer.advance(SECOND.plus(Deadlines.REPEAT.multipliedBy(2)));
        assertThat(scope.end()).isInstanceOf(DeadlineExceededException.class);
        timer.advance(SECOND);

        assertThat(told).containsExactly(Duration.ZERO, Deadlines.REPEAT, Deadlines.REPEAT.multipliedBy(2));
    }

    @Test
    void remaining_givenTimeGoesBy_expectsLessAndNeverNegative() {
        Deadlines.Scope scope = deadlines.open(SECOND, Deadlines.Overdue.IGNORED);

        timer.advance(Duration.ofMillis(400));
        assertThat(scope.remaining()).isEqualTo(Duration.ofMillis(600));
        timer.advance(SECOND);
        assertThat(scope.remaining()).isZero();
        assertThat(scope.end()).isNotNull();
    }

    /** Forbidden: an interrupt on behalf of a scope that is seen after its end. */
    @Test
    void end_givenCancelsRacingFromAnotherThread_expectsNoInterruptAfterwards() throws Exception {
        WatchdogTimer real = new WatchdogTimer();
        Deadlines raced = new Deadlines(real);
        CountDownLatch done = new CountDownLatch(1);
        List<Deadlines.Scope> current = new java.util.concurrent.CopyOnWriteArrayList<>();
        Thread canceller = new Thread(() -> {
            while (done.getCount() > 0) {
                current.forEach(Deadlines.Scope::cancel);
            }
        });
        canceller.start();
        try {
            for (int i = 0; i < 20_000; i++) {
                Deadlines.Scope scope = raced.open(Duration.ofMinutes(1), Deadlines.Overdue.IGNORED);
                current.add(scope);
                RuntimeException verdict = scope.end();
                assertThat(Thread.currentThread().isInterrupted())
                        .as("after scope %d, which ended with %s", i, verdict)
                        .isFalse();
                current.clear();
            }
        } finally {
            done.countDown();
            canceller.join();
            real.close();
        }
    }
}
