package dev.headstream.pipeline.execution;

import dev.headstream.pipeline.Outcome;
import dev.headstream.pipeline.commit.CommitEntry;
import dev.headstream.pipeline.commit.Committer;
import dev.headstream.pipeline.deadletter.DeadLetter;
import dev.headstream.pipeline.journal.Journal;
import dev.headstream.pipeline.metrics.PipelineMetrics;
import dev.headstream.pipeline.source.PolledEvent;
import dev.headstream.schemas.Topics;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Serializer;
import reactor.core.publisher.Mono;

/**
 * Writes the terminal record of a job: its result, its mark in the journal and its offset, in one transaction. The one
 * place where an event becomes finished. Thread-safe.
 */
public final class Settlement {
    private static final List<String> TRACE_HEADERS = List.of("traceparent", "tracestate", "baggage");

    private final Topics topics;
    private final String worker;
    private final Results results;
    private final Serializer<JobResult> serializer;
    private final Checkpoints checkpoints;
    private final Committer committer;
    private final Journal journal;
    private final Executions executions;
    private final PipelineMetrics metrics;
    private final Clock clock;
    private final int maxResultBytes;

    public Settlement(
            Topics topics,
            String worker,
            Serializer<JobResult> resultSerializer,
            Serializer<JobState> stateSerializer,
            Committer committer,
            Journal journal,
            Executions executions,
            PipelineMetrics metrics,
            Clock clock,
            int maxResultBytes) {
        this.topics = topics;
        this.worker = worker;
        this.results = new Results(worker);
        this.serializer = resultSerializer;
        this.checkpoints = new Checkpoints(topics.state(), stateSerializer, committer, metrics, clock);
        this.committer = committer;
        this.journal = journal;
        this.executions = executions;
        this.metrics = metrics;
        this.clock = clock;
        this.maxResultBytes = maxResultBytes;
    }

    /** Where attempts record what they complete. */
    public Checkpoints checkpoints() {
        return checkpoints;
    }

    /** Ends a job with an outcome; completes when there is room for more. */
    public Mono<Void> finish(Execution execution, Outcome outcome, int flowVersion) {
        return Mono.defer(() -> {
            JobResult result = results.of(execution, outcome, flowVersion, clock.instant());
            submit(execution, result);
            return committer.room();
        });
    }

    /** Ends an event that can have no result. */
    public Mono<Void> bury(DeadLetter letter) {
        return Mono.defer(() -> {
            PolledEvent event = letter.event();
            committer.submit(entry(
                    event,
                    List.of(letter.record(topics.deadLetters(), worker, clock.instant())),
                    new FinishedEvent(event, () -> metrics.deadLettered(letter.kind()))));
            return committer.room();
        });
    }

    /** Ends an event whose execution has its result already. */
    public Mono<Void> skip(PolledEvent duplicate) {
        return Mono.defer(() -> {
            committer.submit(entry(duplicate, List.of(), new FinishedEvent(duplicate, metrics::jobDeduplicated)));
            return committer.room();
        });
    }

    private void submit(Execution execution, JobResult result) {
        byte[] bytes = serializer.serialize(topics.results(), result);
        JobResult fitting = result;
        if (bytes.length > maxResultBytes) {
            fitting = results.insteadOf(
                    execution,
                    result.getFlowVersion(),
                    "RESULT_TOO_LARGE",
                    "the result has " + bytes.length + " bytes, the limit is " + maxResultBytes
                            + ": extract less, or write large outputs as artifacts",
                    clock.instant());
            bytes = serializer.serialize(topics.results(), fitting);
        }
        Instant now = clock.instant();
        JobState done = JobState.newBuilder()
                .setExecutionId(execution.id())
                .setSourceOffset(execution.event().offset())
                .setFlow(execution.request().getFlow())
                .setAttempts(execution.attempts())
                .setDone(fitting.getStatus().name())
                .setUpdatedAt(now)
                .build();
        committer.submit(entry(
                execution.event(),
                List.of(
                        resultRecord(execution, bytes),
                        checkpoints.record(done, execution.event().partition().partition())),
                new FinishedExecution(execution, fitting)));
    }

    private ProducerRecord<byte[], byte[]> resultRecord(Execution execution, byte[] value) {
        byte[] key = execution.request().getJobId().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topics.results(), key, value);
        for (Header header : execution.event().headers()) {
            if (TRACE_HEADERS.contains(header.key())) {
                record.headers().add(header);
            }
        }
        return record;
    }

    private static CommitEntry entry(
            PolledEvent event, List<ProducerRecord<byte[], byte[]>> records, CommitEntry.Settled settled) {
        return new CommitEntry(
                event.partition(), event.epoch(), OptionalLong.of(event.offset()), records, false, settled);
    }

    /** An event that ends without an execution; refused by the broker it stays unfinished, and says so. */
    private record FinishedEvent(PolledEvent event, Runnable count) implements CommitEntry.Settled {
        @Override
        public void committed() {
            count.run();
        }

        @Override
        public void dropped() {
            // its new owner sees the event itself
        }

        @Override
        public void refused(RuntimeException cause) {
            throw new IllegalStateException(
                    "cannot write the dead letter of " + event.partition() + " offset " + event.offset()
                            + ": raise max.message.bytes of the dead letter topic",
                    cause);
        }
    }

    /** An execution whose result is on its way. */
    private final class FinishedExecution implements CommitEntry.Settled {
        private final Execution execution;
        private final JobResult result;

        FinishedExecution(Execution execution, JobResult result) {
            this.execution = execution;
            this.result = result;
        }

        @Override
        public void committed() {
            PolledEvent event = execution.event();
            journal.done(event.partition(), event.epoch(), execution.id());
            metrics.jobEnded(result.getFlow(), result.getStatus(), Duration.ofMillis(result.getRunMillis()));
            for (PolledEvent duplicate : executions.finish(execution)) {
                committer.submit(entry(duplicate, List.of(), new FinishedEvent(duplicate, metrics::jobDeduplicated)));
            }
        }

        @Override
        public void dropped() {
            executions.drop(execution);
        }

        @Override
        public void refused(RuntimeException cause) {
            submit(
                    execution,
                    results.insteadOf(
                            execution,
                            result.getFlowVersion(),
                            "RESULT_REFUSED",
                            "the broker does not take the result: " + cause.getMessage(),
                            clock.instant()));
        }
    }
}
