package dev.headstream.worker.console;

import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobRequested;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Notes which attempts run and what came of them; changes nothing. Thread-safe; never blocks. */
final class WatchedHandler implements JobHandler {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedHandler.class);
    private static final int ID_BYTES = 16;

    private final JobHandler inner;
    private final RunningJobs running;
    private final StepTimes steps;
    private final Recent<Failure> failures;
    private final Clock clock;
    private final RandomGenerator ids;

    /** @param ids where the names of pictures come from: not to be guessed */
    WatchedHandler(
            JobHandler inner,
            RunningJobs running,
            StepTimes steps,
            Recent<Failure> failures,
            Clock clock,
            RandomGenerator ids) {
        this.inner = inner;
        this.running = running;
        this.steps = steps;
        this.failures = failures;
        this.clock = clock;
        this.ids = ids;
    }

    @Override
    public Mono<Outcome> handle(Job job) {
        return Mono.defer(() -> inner.handle(job))
                .doOnSubscribe(unused -> running.began(job))
                .doOnNext(outcome -> ended(job, outcome))
                .doFinally(unused -> running.ended(job));
    }

    /** Whatever is wrong in here must not become the outcome of a job. */
    private void ended(Job job, Outcome outcome) {
        try {
            steps.add(job.request().getFlow(), outcome.trace().steps());
            failure(job, outcome).ifPresent(failures::add);
        } catch (RuntimeException e) {
            LOG.warn("An attempt could not be noted for the console", e);
        }
    }

    private Optional<Failure> failure(Job job, Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            return Optional.of(failure(job, failed.error(), failed.retryable() && hasAttempts(job), failed.trace()));
        }
        if (outcome instanceof Outcome.TimedOut late) {
            return Optional.of(failure(job, late.error(), late.retryable() && hasAttempts(job), late.trace()));
        }
        if (outcome instanceof Outcome.Interrupted interrupted) {
            JobError error = new JobError("INTERRUPTED", interrupted.reason(), null);
            return Optional.of(failure(job, error, true, interrupted.trace()));
        }
        return Optional.empty();
    }

    private static boolean hasAttempts(Job job) {
        return job.attempt() < job.request().getMaxAttempts();
    }

    private Failure failure(Job job, JobError error, boolean again, Outcome.Trace trace) {
        Instant at = clock.instant();
        Optional<String> step = running.find(job.executionId())
                .flatMap(RunningJobs.Running::now)
                .map(RunningJobs.Now::step);
        JobRequested request = job.request();
        return Failure.of(at, request.getJobId(), request.getFlow(), step, error, job.attempt(), again)
                .withPicture(newId(), trace.artifacts());
    }

    private String newId() {
        byte[] id = new byte[ID_BYTES];
        ids.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    @Override
    public int concurrency() {
        return inner.concurrency();
    }

    @Override
    public List<String> problems(JobRequested request) {
        return inner.problems(request);
    }

    @Override
    public int flowVersion(String flow) {
        return inner.flowVersion(flow);
    }
}
