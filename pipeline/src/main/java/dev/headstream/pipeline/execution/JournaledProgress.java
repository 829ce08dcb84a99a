package dev.headstream.pipeline.execution;

import dev.headstream.pipeline.JobProgress;
import dev.headstream.v1.CompletedStep;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The checkpoints of one execution, written to the journal by the committer. Thread-safe. */
final class JournaledProgress implements JobProgress {
    private final Execution execution;
    private final OwnershipCheck ownership;
    private final BiFunction<Execution, Boolean, Mono<Void>> checkpoint;
    private final Sinks.Empty<Void> begun = Sinks.empty();

    /**
     * @param ownership asked before each step
     * @param checkpoint writes the state of an execution, urgently or not; hot, completes when it is durable
     */
    JournaledProgress(
            Execution execution, OwnershipCheck ownership, BiFunction<Execution, Boolean, Mono<Void>> checkpoint) {
        this.execution = execution;
        this.ownership = ownership;
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
        return checkpoint.apply(execution, true).doOnError(e -> retract(step)).doOnCancel(() -> retract(step));
    }

    /** The intent may be durable all the same: the state that is written after it says that nothing came of it. */
    private void retract(String step) {
        execution.retract(step);
        var unused = checkpoint.apply(execution, false);
    }

    @Override
    public Mono<Void> complete(CompletedStep step, int flowVersion, @Nullable String storageState) {
        boolean unsafe = step.getName().equals(execution.intent());
        execution.complete(step, flowVersion, storageState);
        return checkpoint.apply(execution, unsafe);
    }

    @Override
    public void began() {
        var unused = begun.tryEmitEmpty();
    }

    /** Completes when the attempt has its context. */
    Mono<Void> whenBegun() {
        return begun.asMono();
    }

    @Override
    public boolean stopRequested() {
        return execution.stopRequested() || execution.cancelReason().isPresent();
    }

    @Override
    public Mono<Boolean> mayGoOn() {
        return Mono.defer(() ->
                stopRequested() ? Mono.just(false) : ownership.isOurs(execution).map(ours -> ours && !stopRequested()));
    }
}
