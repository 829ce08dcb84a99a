package dev.headstream.pipeline;

import dev.headstream.v1.CompletedStep;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The checkpoints of one execution. Thread-safe; the returned {@link Mono}s are hot requests that complete when the
 * checkpoint is durable in the journal: a reading step need not wait for them, an unsafe step must.
 */
public interface JobProgress {

    /** Steps that an earlier attempt completed, in order; they are not run again. */
    List<CompletedStep> completed();

    /** The unsafe step that an earlier attempt began and did not complete, or null. */
    @Nullable
    String unsettledIntent();

    /** The version of the flow that {@link #completed()} belongs to; 0 if nothing was recorded. */
    int flowVersion();

    /** Cookies and storage that an earlier attempt saved, as Playwright's JSON, or null. */
    @Nullable
    String storageState();

    /** Records that an unsafe step is about to begin. Fails if this worker may no longer act on the job. */
    Mono<Void> intend(String step, int flowVersion);

    /** Records that a step is completed. */
    Mono<Void> complete(CompletedStep step, int flowVersion, @Nullable String storageState);

    /** Tells that the attempt has its browser context: its time limit counts from here, not from when it waited for one. */
    default void began() {}

    /** True once the job should stop at its next step boundary: cancelled, revoked or draining. */
    boolean stopRequested();

    /**
     * Whether the job may go on to its next step, to be asked before each: false if it should stop, or if this worker
     * cannot make sure within some seconds that the job is still its own.
     */
    default Mono<Boolean> mayGoOn() {
        return Mono.fromSupplier(() -> !stopRequested());
    }

    /** A progress that starts empty and keeps what it is told in memory only: for runs without Kafka. */
    static JobProgress inMemory() {
        return new InMemoryProgress();
    }
}
