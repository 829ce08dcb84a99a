package dev.headstream.worker;

import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.StepOutcome;
import dev.headstream.worker.browser.BrowserFailureException;
import dev.headstream.worker.browser.ContextSpec;
import dev.headstream.worker.browser.DeadlineExceededException;
import dev.headstream.worker.browser.Keep;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.browser.LaneTask;
import dev.headstream.worker.capacity.StepSlowdown;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowCatalog;
import dev.headstream.worker.flow.SessionRule;
import dev.headstream.worker.run.FlowRunner;
import dev.headstream.worker.warm.WarmSessions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Runs jobs as flows on browser lanes: where the pipeline and the browser meet. Thread-safe. */
final class BrowserJobHandler implements JobHandler {
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final LanePool lanes;
    private final int contexts;
    private final FlowCatalog flows;
    private final FlowRunner runner;
    private final StepSlowdown slowdown;
    private final Duration jobTimeout;
    private final Optional<WarmSessions> sessions;
    private final Clock clock;

    /** @param sessions by which sessions are made ahead of need; empty: jobs leave none to one another */
    BrowserJobHandler(
            LanePool lanes,
            int contexts,
            FlowCatalog flows,
            FlowRunner runner,
            StepSlowdown slowdown,
            Duration jobTimeout,
            Optional<WarmSessions> sessions,
            Clock clock) {
        this.lanes = lanes;
        this.contexts = contexts;
        this.flows = flows;
        this.runner = runner;
        this.slowdown = slowdown;
        this.jobTimeout = jobTimeout;
        this.sessions = sessions;
        this.clock = clock;
    }

    @Override
    public int concurrency() {
        return contexts;
    }

    @Override
    public List<String> problems(JobRequested request) {
        return flows.problems(request.getFlow(), request.getInputs());
    }

    @Override
    public int flowVersion(String name) {
        return flows.get(name).map(Flow::version).orElse(0);
    }

    @Override
    public Mono<Outcome> handle(Job job) {
        return Mono.defer(() -> {
            Flow flow = flows.get(job.request().getFlow()).orElseThrow();
            return keep(flow, job).flatMap(keep -> afterLogin(flow, job, keep));
        });
    }

    private Mono<Outcome> afterLogin(Flow flow, Job job, Optional<Keep> keep) {
        Mono<Outcome> attempt = Mono.defer(() -> attempt(flow, job, keep));
        return keep.isPresent() && sessions.isPresent()
                ? sessions.get().around(flow, job.request(), keep.get(), attempt)
                : attempt;
    }

    private Mono<Outcome> attempt(Flow flow, Job job, Optional<Keep> keep) {
        Duration limit = limit(flow, job);
        LaneTask<Outcome> task = LaneTask.labelled(job.executionId(), session -> {
            job.progress().began();
            return runner.run(flow, job, session);
        });
        return context(flow, job)
                .flatMap(spec -> lanes.run(limit, spec, keep, task))
                .doOnNext(outcome -> recordSteps(flow, outcome))
                .onErrorResume(DeadlineExceededException.class, e -> Mono.just(timedOut(job, limit)))
                .onErrorResume(BrowserFailureException.class, e -> Mono.just(failed(e)))
                .onErrorResume(RejectedExecutionException.class, e -> Mono.just(interrupted(e)));
    }

    /** The least of what the worker, the flow and the event allow. */
    private Duration limit(Flow flow, Job job) {
        Duration limit = flow.timeout().compareTo(jobTimeout) < 0 ? flow.timeout() : jobTimeout;
        Instant deadline = job.deadline();
        if (deadline == null) {
            return limit;
        }
        Duration left = Duration.between(clock.instant(), deadline);
        Duration shorter = left.compareTo(limit) < 0 ? left : limit;
        return shorter.compareTo(SHORTEST) < 0 ? SHORTEST : shorter;
    }

    private Mono<ContextSpec> context(Flow flow, Job job) {
        Mono<ContextSpec> plain = Mono.fromCallable(() -> runner.context(flow, job.request()));
        // the login of the site may be made of a secret, and that may be a file
        Mono<ContextSpec> spec =
                flow.context().basicAuth().isPresent() ? plain.subscribeOn(Schedulers.boundedElastic()) : plain;
        return spec.map(begin -> Optional.ofNullable(job.progress().storageState())
                .map(begin::withStorageState)
                .orElse(begin));
    }

    /** A job that goes on where an earlier attempt stopped needs the state that was saved for it, and nobody else's. */
    private Mono<Optional<Keep>> keep(Flow flow, Job job) {
        if (sessions.isEmpty() || flow.session().isEmpty()) {
            return Mono.just(Optional.empty());
        }
        SessionRule rule = flow.session().get();
        boolean begins = job.progress().completed().isEmpty() && job.progress().storageState() == null;
        // the key depends on what the login refers to, and a secret may be a file
        return Mono.fromCallable(() -> runner.sessionKey(flow, job.request())
                        .map(key -> new Keep(key, rule.maxUses(), rule.ttl(), begins)))
                .subscribeOn(Schedulers.boundedElastic());
    }

    private void recordSteps(Flow flow, Outcome outcome) {
        outcome.trace().steps().stream()
                .filter(step -> step.getOutcome() == StepOutcome.RAN)
                .forEach(step ->
                        slowdown.record(flow.name(), step.getName(), Duration.ofMillis(step.getDurationMillis())));
    }

    private Outcome timedOut(Job job, Duration limit) {
        Instant deadline = job.deadline();
        boolean mayTryAgain = deadline == null || deadline.isAfter(clock.instant());
        JobError error = new JobError("JOB_TIMEOUT", "not done within " + limit.toMillis() + " ms", null);
        return new Outcome.TimedOut(error, mayTryAgain, Outcome.Trace.NONE);
    }

    private static Outcome failed(BrowserFailureException failure) {
        return switch (failure.kind()) {
            case PAGE_CRASHED ->
                new Outcome.Failed(new JobError("PAGE_CRASHED", failure.getMessage(), null), true, Outcome.Trace.NONE);
            case DISCONNECTED -> interrupted(failure);
        };
    }

    private static Outcome interrupted(RuntimeException failure) {
        return new Outcome.Interrupted(String.valueOf(failure.getMessage()), Outcome.Trace.NONE);
    }
}
