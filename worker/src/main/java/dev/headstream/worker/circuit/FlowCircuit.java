package dev.headstream.worker.circuit;

import dev.headstream.pipeline.Outcome;
import dev.headstream.worker.circuit.CircuitEvents.State;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.run.FailureKind;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The circuit of one flow. Thread-safe. */
final class FlowCircuit {
    private static final Logger LOG = LoggerFactory.getLogger(FlowCircuit.class);

    /** How much longer than needed a job may wait, so that they do not all come back at once. */
    private static final double JITTER = 0.2;

    /** Tried again in a session that may be stale, and the page's answer all the same. */
    private static final Set<String> ANSWERS =
            Set.of(FailureKind.ASSERTION_FAILED.code(), FailureKind.OUTPUT_INVALID.code());

    private final CircuitBreaker breaker;
    private final Duration whileProbing;
    private final Clock clock;
    private volatile long openUntilMillis;

    FlowCircuit(Flow flow, CircuitSettings settings, CircuitEvents events, Clock clock) {
        this.clock = clock;
        Duration quarter = settings.openFor().dividedBy(4);
        this.whileProbing = quarter.compareTo(Duration.ofSeconds(1)) > 0 ? quarter : settings.openFor();
        IntervalFunction backoff = IntervalFunction.ofExponentialBackoff(
                settings.openFor().toMillis(), 2, settings.openAtMost().toMillis());
        CircuitBreakerConfig.Builder config = CircuitBreakerConfig.custom()
                .slidingWindow(
                        settings.window(), settings.minimum(), CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(percent(settings.failureRate()))
                .permittedNumberOfCallsInHalfOpenState(settings.probes())
                .waitIntervalFunctionInOpenState(times -> open(backoff.apply(times)))
                .clock(clock);
        flow.budget().ifPresent(budget -> config.slowCallDurationThreshold(budget)
                .slowCallRateThreshold(percent(settings.slowRate())));
        this.breaker = CircuitBreaker.of(flow.name(), config.build());
        breaker.getEventPublisher().onStateTransition(change -> {
            State state = state(change.getStateTransition().getToState());
            LOG.atWarn()
                    .setMessage("the circuit of a flow changed")
                    .addKeyValue("flow", flow.name())
                    .addKeyValue("state", state)
                    .log();
            events.changed(flow.name(), state);
        });
    }

    private static float percent(double share) {
        return (float) (share * 100);
    }

    private long open(long millis) {
        openUntilMillis = clock.millis() + millis;
        return millis;
    }

    private static State state(CircuitBreaker.State state) {
        return switch (state) {
            case HALF_OPEN -> State.HALF_OPEN;
            case OPEN, FORCED_OPEN -> State.OPEN;
            case CLOSED, DISABLED, METRICS_ONLY -> State.CLOSED;
        };
    }

    /** The right to make one attempt; empty if the circuit gives none. */
    Optional<Permit> tryEnter() {
        return breaker.tryAcquirePermission() ? Optional.of(new Permit()) : Optional.empty();
    }

    boolean isClosed() {
        return breaker.getState() == CircuitBreaker.State.CLOSED;
    }

    /** How long an attempt that got no permit should wait. */
    Duration delay() {
        Duration least = breaker.getState() == CircuitBreaker.State.OPEN
                ? Duration.ofMillis(Math.max(0, openUntilMillis - clock.millis()) + 1)
                : whileProbing;
        double factor = 1 + JITTER * ThreadLocalRandom.current().nextDouble();
        return Duration.ofMillis(Math.round(least.toMillis() * factor));
    }

    /** One attempt; ends exactly once, whoever ends it first. */
    final class Permit {
        private final AtomicBoolean ended = new AtomicBoolean();

        /**
         * Judges the attempt. Only what another attempt may do better counts against the flow; what the page answers, and
         * what somebody else is the cause of, says nothing. Slow is what ran for long: waiting for a context is not the
         * portal's doing.
         */
        void ended(Outcome outcome) {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            long took = outcome.trace().ran().toNanos();
            if (outcome instanceof Outcome.Succeeded) {
                breaker.onSuccess(took, TimeUnit.NANOSECONDS);
            } else if (isFault(outcome)) {
                breaker.onError(took, TimeUnit.NANOSECONDS, new FaultException());
            } else {
                breaker.releasePermission();
            }
        }

        /** It came to nothing: cancelled, or broken off. */
        void release() {
            if (ended.compareAndSet(false, true)) {
                breaker.releasePermission();
            }
        }
    }

    private static boolean isFault(Outcome outcome) {
        return (outcome instanceof Outcome.Failed failed
                        && failed.retryable()
                        && !ANSWERS.contains(failed.error().getKind()))
                || (outcome instanceof Outcome.TimedOut timedOut && timedOut.retryable());
    }

    /** What the library wants to hear of. Without a stack trace, for it says where nothing. */
    private static final class FaultException extends Exception {
        private static final long serialVersionUID = 1L;

        FaultException() {
            super("an attempt failed", null, false, false);
        }
    }
}
