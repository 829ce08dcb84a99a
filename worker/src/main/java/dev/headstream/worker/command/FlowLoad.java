package dev.headstream.worker.command;

import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobRequested;
import dev.headstream.worker.browser.DeadlineExceededException;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.browser.LaneTask;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.run.FlowRunner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Runs jobs of one flow on lanes, a number of them at a time, and measures them. */
final class FlowLoad {
    private static final Duration BESIDE_THE_JOBS = Duration.ofMinutes(2);

    private final LanePool pool;
    private final FlowRunner runner;
    private final Flow flow;
    private final Map<String, String> inputs;
    private final Optional<String> last;
    private final Duration patience;
    private final String run = UUID.randomUUID().toString().substring(0, 8);

    /**
     * @param last the step to end after; empty: the flow's last
     * @param patience how long the page of a job may be looked at when its own time is over
     */
    FlowLoad(
            LanePool pool,
            FlowRunner runner,
            Flow flow,
            Map<String, String> inputs,
            Optional<String> last,
            Duration patience) {
        this.pool = pool;
        this.runner = runner;
        this.flow = flow;
        this.inputs = inputs;
        this.last = last;
        this.patience = patience;
    }

    private record Measured(Outcome outcome, long millis) {}

    /**
     * Runs them all and waits for the last.
     *
     * @param ended told of each as it ends, one at a time
     */
    RunReport run(int jobs, int atATime, Consumer<Outcome> ended, LongSupplier peakBytes) {
        List<Long> millis = new ArrayList<>();
        long start = System.nanoTime();
        Duration atMost = flow.timeout().plus(patience).multipliedBy(jobs).plus(BESIDE_THE_JOBS);
        Long failed = Flux.range(1, jobs)
                .flatMap(this::measured, atATime)
                .doOnNext(job -> {
                    millis.add(job.millis());
                    ended.accept(job.outcome());
                })
                .filter(job -> !(job.outcome() instanceof Outcome.Succeeded))
                .count()
                .block(atMost);
        long wall = Duration.ofNanos(System.nanoTime() - start).toMillis();
        return RunReport.of(millis, failed == null ? jobs : failed.intValue(), wall, peakBytes.getAsLong());
    }

    private Mono<Measured> measured(int number) {
        return Mono.defer(() -> {
            long start = System.nanoTime();
            return outcome(job(number))
                    .map(outcome -> new Measured(
                            outcome, Duration.ofNanos(System.nanoTime() - start).toMillis()));
        });
    }

    private Mono<Outcome> outcome(Job job) {
        LaneTask<Outcome> task = LaneTask.labelled(
                job.request().getJobId(),
                session -> last.isPresent()
                        ? runner.runUpTo(last.get(), flow, job, session)
                        : runner.run(flow, job, session));
        return pool.run(flow.timeout().plus(patience), runner.context(flow, job.request()), task)
                .onErrorResume(DeadlineExceededException.class, e -> Mono.just(timedOut()))
                .onErrorResume(RuntimeException.class, e -> Mono.just(interrupted(e)));
    }

    private Outcome timedOut() {
        return new Outcome.TimedOut(
                new JobError("JOB_TIMEOUT", "not done within " + flow.timeout().toMillis() + " ms", null),
                false,
                Outcome.Trace.NONE);
    }

    private static Outcome interrupted(RuntimeException e) {
        return new Outcome.Interrupted(String.valueOf(e.getMessage()), Outcome.Trace.NONE);
    }

    private Job job(int number) {
        String id = "flow-run-" + run + "-" + number;
        JobRequested request = new JobRequested(id, flow.name(), inputs, null, null, 1, Map.of(), Instant.now(), true);
        Job.Position nowhere = new Job.Position("none", 0, number, System.currentTimeMillis());
        // where the lane waits longer than the flow may take, the job's own deadline ends the flow
        Instant deadline = patience.isZero() ? null : Instant.now().plus(flow.timeout());
        return new Job(id, null, request, nowhere, 1, deadline, JobProgress.inMemory());
    }
}
