package dev.headstream.worker.run;

import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.v1.CompletedStep;
import dev.headstream.v1.JobRequested;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Jobs without Kafka, and a progress whose every word is recorded. */
final class Jobs {
    private Jobs() {}

    static Job of(String flow, Map<String, String> inputs, JobProgress progress) {
        return of(flow, inputs, progress, null);
    }

    static Job of(String flow, Map<String, String> inputs, JobProgress progress, @Nullable Instant deadline) {
        JobRequested request = new JobRequested("job-1", flow, inputs, null, null, 3, Map.of(), Instant.EPOCH, false);
        return new Job("job-1", null, request, new Job.Position("jobs", 0, 0, 0), 1, deadline, progress);
    }

    /** Remembers what it is told. */
    static final class Recorded implements JobProgress {
        final List<CompletedStep> completed = new ArrayList<>();
        final List<String> log = new ArrayList<>();

        @Nullable
        String intent;

        @Nullable
        String storageState;

        int version;
        boolean stop;
        Mono<Void> intentAnswer = Mono.empty();

        Recorded completed(String step, @Nullable String outputJson) {
            completed.add(new CompletedStep(step, outputJson, Instant.EPOCH, 7L, 0L));
            version = 1;
            return this;
        }

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
            return version;
        }

        @Override
        public @Nullable String storageState() {
            return storageState;
        }

        @Override
        public Mono<Void> intend(String step, int flowVersion) {
            log.add("intend " + step);
            return intentAnswer;
        }

        @Override
        public Mono<Void> complete(CompletedStep step, int flowVersion, @Nullable String state) {
            log.add("complete " + step.getName() + " " + step.getOutputJson());
            storageState = state == null ? storageState : state;
            return Mono.empty();
        }

        @Override
        public boolean stopRequested() {
            return stop;
        }
    }
}
