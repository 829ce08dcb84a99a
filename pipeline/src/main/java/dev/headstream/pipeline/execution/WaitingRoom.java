package dev.headstream.pipeline.execution;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;

/**
 * Where jobs wait for the time of their next attempt, or for a session, without holding a browser context. The number
 * that can be here is bounded by whoever admits jobs. Thread-safe.
 */
public final class WaitingRoom {
    private final Sinks.Many<Execution> released = Sinks.many()
            .unicast()
            .onBackpressureBuffer(Queues.<Execution>unboundedMultiproducer().get());
    /** Who waits for a time. To take an entry out is to have the say over its execution: it leaves once. */
    private final Map<Execution, Disposable> timed = new ConcurrentHashMap<>();

    private final Scheduler timer;
    private final Clock clock;
    private final Duration longestDelay;

    /**
     * @param timer not blocked by anything, monotonic
     * @param longestDelay no job waits longer, whatever the wall clock did meanwhile
     */
    public WaitingRoom(Scheduler timer, Clock clock, Duration longestDelay) {
        this.timer = timer;
        this.clock = clock;
        this.longestDelay = longestDelay;
    }

    /** The executions that may go on; one subscriber. */
    public Flux<Execution> released() {
        return released.asFlux();
    }

    /** Releases an execution now. */
    public void release(Execution execution) {
        synchronized (released) {
            released.emitNext(execution, Sinks.EmitFailureHandler.FAIL_FAST);
        }
    }

    /** Releases an execution after a delay, a cancelled one at once. */
    public void releaseAfter(Execution execution, Duration delay) {
        Disposable.Swap alarm = Disposables.swap();
        timed.put(execution, alarm);
        var unused = alarm.update(timer.schedule(
                () -> {
                    if (timed.remove(execution, alarm)) {
                        release(execution);
                    }
                },
                delay.toNanos(),
                TimeUnit.NANOSECONDS));
        // After it is in: a cancel that came before found nothing to withdraw.
        if (execution.cancelReason().isPresent() && withdraw(execution)) {
            release(execution);
        }
    }

    /** Takes an execution out that waits for a time: it will not be released. False if it does not wait for one. */
    boolean withdraw(Execution execution) {
        Disposable alarm = timed.remove(execution);
        if (alarm == null) {
            return false;
        }
        alarm.dispose();
        return true;
    }

    /** Releases an execution at a time of the wall clock, at once if that has passed. */
    public void releaseAt(Execution execution, Instant when) {
        Duration delay = Duration.between(clock.instant(), when);
        Duration bounded = delay.compareTo(longestDelay) > 0 ? longestDelay : delay;
        releaseAfter(execution, bounded.isNegative() ? Duration.ZERO : bounded);
    }
}
