package dev.headstream.worker.rehearsal;

import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.CompletedStep;
import dev.headstream.v1.JobError;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * One attempt of one job. Its steps come one after the other, each on the thread that ended what was before it: the
 * caller's, the timer's or the committer's.
 */
final class RehearsalRun {
    private static final Duration CHECKPOINT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Job job;
    private final Script script;
    private final Evidence evidence;
    private final Clock clock;
    private final Scheduler timer;
    private final Set<String> completed = new HashSet<>();
    private final List<StepReport> reports = new CopyOnWriteArrayList<>();
    private final Instant started;

    /** The step that must run once and is under way, or the last that was. */
    private volatile @Nullable String unsettled;

    RehearsalRun(Job job, Script script, Evidence evidence, Clock clock, Scheduler timer) {
        this.job = job;
        this.script = script;
        this.evidence = evidence;
        this.clock = clock;
        this.timer = timer;
        this.started = clock.instant();
        job.progress().completed().forEach(step -> completed.add(step.getName()));
    }

    Mono<Outcome> run(Duration jobTimeout) {
        job.progress().began();
        String begun = job.progress().unsettledIntent();
        if (begun != null && !completed.contains(begun)) {
            return Mono.just(uncertain(begun, "an earlier attempt began it and did not record its end"));
        }
        Mono<Outcome> outcome = from(1);
        return script.endless()
                ? outcome
                : outcome.timeout(limit(jobTimeout), Mono.fromSupplier(this::timedOut), timer);
    }

    /** The steps from this one on. */
    private Mono<Outcome> from(int number) {
        if (number > script.steps()) {
            return Mono.fromSupplier(() -> new Outcome.Succeeded(script.output(), trace()));
        }
        if (completed.contains(name(number))) {
            report(number, StepOutcome.RESUMED, started, 0);
            return from(number + 1);
        }
        return advance(number).switchIfEmpty(Mono.defer(() -> from(number + 1)));
    }

    /** One step; empty if the job goes on after it. */
    private Mono<Outcome> advance(int number) {
        return job.progress()
                .mayGoOn()
                .flatMap(goOn -> goOn ? step(number) : Mono.just(interrupted("stopped before " + name(number))));
    }

    private Mono<Outcome> step(int number) {
        if (number != script.once()) {
            return perform(number);
        }
        return Mono.defer(() -> job.progress().intend(name(number), RehearsalJobHandler.VERSION))
                .timeout(CHECKPOINT_TIMEOUT, timer)
                .<Outcome>then(Mono.empty())
                .onErrorResume(e -> Mono.just(interrupted("the intent was not recorded: " + e.getMessage())))
                .switchIfEmpty(Mono.defer(() -> perform(number)));
    }

    private Mono<Outcome> perform(int number) {
        return Mono.defer(() -> {
            Instant begun = clock.instant();
            unsettled = number == script.once() ? name(number) : null;
            note(Moment.BEGIN, number);
            return work(number).doOnCancel(() -> note(Moment.STOP, number)).then(Mono.defer(() -> end(number, begun)));
        });
    }

    private Mono<Long> work(int number) {
        if (script.endless() && number == script.steps()) {
            return Mono.never();
        }
        Duration time = script.time(number);
        return time.isZero() ? Mono.empty() : Mono.delay(time, timer);
    }

    private Mono<Outcome> end(int number, Instant begun) {
        long took = Duration.between(begun, clock.instant()).toMillis();
        if (number == script.steps() && job.attempt() <= script.failures()) {
            note(Moment.FAIL, number);
            report(number, StepOutcome.FAILED, begun, took);
            return Mono.just(failed(number));
        }
        note(Moment.END, number);
        report(number, StepOutcome.RAN, begun, took);
        CompletedStep step = new CompletedStep(name(number), null, begun, took, 0L);
        Mono<Void> recorded = job.progress().complete(step, RehearsalJobHandler.VERSION, null);
        if (number != script.once()) {
            return Mono.empty();
        }
        return recorded.timeout(CHECKPOINT_TIMEOUT, timer)
                .<Outcome>then(Mono.empty())
                .onErrorResume(e -> Mono.just(interrupted("the end was not recorded: " + e.getMessage())));
    }

    private Outcome failed(int number) {
        return number == script.once()
                ? uncertain(name(number), "it failed, as it was asked to")
                : new Outcome.Failed(
                        new JobError("REHEARSED_FAILURE", "failed, as it was asked to", name(number)), true, trace());
    }

    private Outcome timedOut() {
        String step = unsettled;
        return step == null
                ? new Outcome.TimedOut(new JobError("JOB_TIMEOUT", "not done in time", null), hasTime(), trace())
                : uncertain(step, "it was not done in time");
    }

    private Outcome uncertain(String step, String why) {
        return new Outcome.Failed(
                new JobError("UNCERTAIN", "step '" + step + "', which must run once: " + why, step), false, trace());
    }

    private Outcome interrupted(String reason) {
        return new Outcome.Interrupted(reason, trace());
    }

    private boolean hasTime() {
        Instant deadline = job.deadline();
        return deadline == null || deadline.isAfter(clock.instant());
    }

    private Duration limit(Duration jobTimeout) {
        Instant deadline = job.deadline();
        Duration left = deadline == null ? jobTimeout : Duration.between(clock.instant(), deadline);
        Duration limit = left.compareTo(jobTimeout) < 0 ? left : jobTimeout;
        return limit.compareTo(SHORTEST) < 0 ? SHORTEST : limit;
    }

    private void note(Moment moment, int number) {
        evidence.note(moment.word(), job.executionId(), name(number), job.attempt());
    }

    private void report(int number, StepOutcome outcome, Instant begun, long took) {
        reports.add(new StepReport(name(number), outcome, begun, took, 0L));
    }

    private Outcome.Trace trace() {
        return new Outcome.Trace(
                RehearsalJobHandler.VERSION, reports, List.of(), Duration.between(started, clock.instant()));
    }

    private static String name(int number) {
        return "step-" + number;
    }
}
