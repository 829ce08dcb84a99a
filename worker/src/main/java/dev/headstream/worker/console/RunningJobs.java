package dev.headstream.worker.console;

import dev.headstream.pipeline.Job;
import dev.headstream.worker.flow.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The attempts that run, and which step each is at; as many as the pipeline runs. Thread-safe. */
final class RunningJobs {
    private final Map<String, Running> byExecution = new ConcurrentHashMap<>();
    private final LongSupplier nanos;

    RunningJobs(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** An attempt; {@code since} is in the clock's nanoseconds. */
    record Running(Job job, long since, Optional<Now> now) {}

    /** A step that runs. */
    record Now(String step, long since, Duration budget, Duration timeout) {}

    void began(Job job) {
        byExecution.put(job.executionId(), new Running(job, nanos.getAsLong(), Optional.empty()));
    }

    void stepBegan(String executionId, Step step) {
        Now now = new Now(step.name(), nanos.getAsLong(), step.budget().orElse(Duration.ZERO), step.timeout());
        byExecution.computeIfPresent(
                executionId, (id, running) -> new Running(running.job(), running.since(), Optional.of(now)));
    }

    /** Nothing if another attempt has begun meanwhile. */
    @SuppressWarnings("ReferenceEquality") // the same attempt, not an equal one
    void ended(Job job) {
        byExecution.computeIfPresent(job.executionId(), (id, running) -> running.job() == job ? null : running);
    }

    Optional<Running> find(String executionId) {
        return Optional.ofNullable(byExecution.get(executionId));
    }

    List<Running> all() {
        return List.copyOf(byExecution.values());
    }

    Duration since(long began) {
        return Duration.ofNanos(nanos.getAsLong() - began);
    }
}
