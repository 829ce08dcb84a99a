package dev.headstream.pipeline.execution;

import dev.headstream.pipeline.JobProgress;
import dev.headstream.v1.CompletedStep;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The checkpoints of one execution, written to the journal by the committer. Thread-safe. */
final class JournaledProgress implements JobProgress {
    private final Execution execution;
    private final BiFunction<Execution, Boolean, Mono<Void>> checkpoint;

    /** @param checkpoint writes the state of an execution, urgently or not; hot, completes when it is durable */
    JournaledProgress(Execution execution, BiFunction<Execution, Boolean, Mono<Void>> checkpoint) {
        this.execution = execution;
        this.checkpoint = checkpoint;
    }

    @Override
    public List<CompletedStep> completed() {
        return execution.completedSteps();
    }

    @Override
    public @Nullable String unsettledIntent() {
        return execution.intent();
    }

    @Override
    public int flowVersion() {
        return execution.flowVersion();
    }

    @Override
    public @Nullable String storageState() {
        return execution.storageState();
    }

    @Override
    public Mono<Void> intend(String step, int flowVersion) {
        execution.intend(step, flowVersion);
        return checkpoint.apply(execution, true);
    }

    @Override
    public Mono<Void> complete(CompletedStep step, int flowVersion, @Nullable String storageState) {
        boolean unsafe = step.getName().equals(execution.intent());
        execution.complete(step, flowVersion, storageState);
        return checkpoint.apply(execution, unsafe);
    }

    @Override
    public boolean stopRequested() {
        return execution.stopRequested();
    }
}
