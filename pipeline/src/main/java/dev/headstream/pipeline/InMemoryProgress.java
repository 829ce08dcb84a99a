package dev.headstream.pipeline;

import dev.headstream.v1.CompletedStep;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Checkpoints without a journal. Thread-safe. */
final class InMemoryProgress implements JobProgress {
    private final List<CompletedStep> completed = new CopyOnWriteArrayList<>();
    private volatile @Nullable String intent;
    private volatile @Nullable String storageState;
    private volatile int flowVersion;

    @Override
    public List<CompletedStep> completed() {
        return List.copyOf(completed);
    }

    @Override
    public @Nullable String unsettledIntent() {
        return intent;
    }

    @Override
    public int flowVersion() {
        return flowVersion;
    }

    @Override
    public @Nullable String storageState() {
        return storageState;
    }

    @Override
    public Mono<Void> intend(String step, int version) {
        intent = step;
        flowVersion = version;
        return Mono.empty();
    }

    @Override
    public Mono<Void> complete(CompletedStep step, int version, @Nullable String state) {
        if (flowVersion != version) {
            completed.clear();
        }
        completed.removeIf(earlier -> earlier.getName().equals(step.getName()));
        completed.add(step);
        intent = null;
        flowVersion = version;
        if (state != null) {
            storageState = state;
        }
        return Mono.empty();
    }

    @Override
    public boolean stopRequested() {
        return false;
    }
}
