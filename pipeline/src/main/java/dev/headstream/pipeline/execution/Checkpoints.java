package dev.headstream.pipeline.execution;

import dev.headstream.pipeline.commit.CommitEntry;
import dev.headstream.pipeline.commit.Committer;
import dev.headstream.pipeline.metrics.PipelineMetrics;
import dev.headstream.v1.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Writes the states of executions to the journal, beside the partition of their events. Thread-safe. */
final class Checkpoints {
    private final String stateTopic;
    private final Serializer<JobState> serializer;
    private final Committer committer;
    private final PipelineMetrics metrics;
    private final Clock clock;

    Checkpoints(
            String stateTopic,
            Serializer<JobState> serializer,
            Committer committer,
            PipelineMetrics metrics,
            Clock clock) {
        this.stateTopic = stateTopic;
        this.serializer = serializer;
        this.committer = committer;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Writes the state that an execution has now. Hot: the write is under way when this returns; the {@link Mono}
     * completes when it is durable, and fails if the partition is no longer ours.
     *
     * @param urgent whether somebody waits for it
     */
    Mono<Void> write(Execution execution, boolean urgent) {
        Sinks.Empty<Void> durable = Sinks.empty();
        committer.submit(new CommitEntry(
                execution.event().partition(),
                execution.event().epoch(),
                OptionalLong.empty(),
                List.of(record(
                        execution.state(clock.instant()),
                        execution.event().partition().partition())),
                urgent,
                new Signal(durable, metrics::checkpointsWritten)));
        return durable.asMono();
    }

    /** Writes that an attempt begins; nobody waits for it. */
    void begin(Execution execution) {
        committer.submit(new CommitEntry(
                execution.event().partition(),
                execution.event().epoch(),
                OptionalLong.empty(),
                List.of(record(
                        execution.state(clock.instant()),
                        execution.event().partition().partition())),
                false,
                CommitEntry.Settled.IGNORED));
    }

    /**
     * Shows that the partition of an execution is still ours, by a commit of nothing but its offsets. Hot; fails if it is
     * not ours.
     */
    Mono<Void> prove(Execution execution) {
        Sinks.Empty<Void> proved = Sinks.empty();
        committer.submit(new CommitEntry(
                execution.event().partition(),
                execution.event().epoch(),
                OptionalLong.empty(),
                List.of(),
                true,
                new Signal(proved, count -> {})));
        return proved.asMono();
    }

    /** The journal record of a state. */
    ProducerRecord<byte[], byte[]> record(JobState state, int partition) {
        return new ProducerRecord<>(
                stateTopic,
                partition,
                state.getExecutionId().getBytes(StandardCharsets.UTF_8),
                serializer.serialize(stateTopic, state));
    }

    /** Passes what became of an entry on to whoever waits. */
    private record Signal(Sinks.Empty<Void> durable, IntConsumer written) implements CommitEntry.Settled {
        @Override
        public void committed() {
            written.accept(1);
            durable.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
        }

        @Override
        public void dropped() {
            fail(new IllegalStateException("the partition of this job belongs to another worker now"));
        }

        @Override
        public void refused(RuntimeException cause) {
            fail(cause);
        }

        private void fail(RuntimeException cause) {
            durable.emitError(cause, Sinks.EmitFailureHandler.FAIL_FAST);
        }
    }
}
