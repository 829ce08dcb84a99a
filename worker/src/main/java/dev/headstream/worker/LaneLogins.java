package dev.headstream.worker;

import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobRequested;
import dev.headstream.worker.browser.Keep;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.browser.LaneTask;
import dev.headstream.worker.browser.SessionLeft;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.SessionRule;
import dev.headstream.worker.run.FlowRunner;
import dev.headstream.worker.warm.WarmSessions;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Logs in ahead of need on lanes that no job wants. Thread-safe. */
final class LaneLogins implements WarmSessions.Browser {
    private static final String NAME = "login-ahead-of-need";

    private final LanePool lanes;
    private final int contexts;
    private final FlowRunner runner;
    private final Duration jobTimeout;
    private final Clock clock;

    /** @param contexts as many as there are where nothing is short */
    LaneLogins(LanePool lanes, int contexts, FlowRunner runner, Duration jobTimeout, Clock clock) {
        this.lanes = lanes;
        this.contexts = contexts;
        this.runner = runner;
        this.jobTimeout = jobTimeout;
        this.clock = clock;
    }

    @Override
    public boolean hasRoom() {
        return lanes.limit() >= contexts;
    }

    @Override
    public Optional<SessionLeft> session(Keep keep) {
        return lanes.session(keep);
    }

    @Override
    public Mono<Outcome> logIn(Flow flow, Map<String, String> inputs, Keep keep) {
        String login = flow.session().flatMap(SessionRule::login).orElseThrow();
        JobRequested request =
                new JobRequested(NAME, flow.name(), inputs, null, null, 1, Map.of(), clock.instant(), false);
        Job job = new Job(NAME, null, request, new Job.Position(NAME, 0, 0, 0), 1, null, JobProgress.inMemory());
        Duration limit = flow.timeout().compareTo(jobTimeout) < 0 ? flow.timeout() : jobTimeout;
        LaneTask<Outcome> task =
                LaneTask.labelled(NAME + " " + flow.name(), session -> runner.runUpTo(login, flow, job, session));
        // a secret may have been changed since: what would be made then is another session
        return Mono.fromCallable(() -> runner.sessionKey(flow, request))
                .subscribeOn(Schedulers.boundedElastic())
                .filter(key -> key.filter(keep.key()::equals).isPresent())
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("what it logs in with has changed")))
                .flatMap(unused -> lanes.runAside(limit, runner.context(flow, request), keep, task));
    }
}
