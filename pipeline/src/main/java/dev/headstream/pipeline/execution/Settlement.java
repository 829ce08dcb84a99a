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
    private static final int MAX_TRACE_HEADER_BYTES = 8_192;

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

    /** Ends a job with an outcome; one that would hide an unsettled unsafe step says so instead. */
    public void finish(Execution execution, Outcome outcome, int flowVersion) {
        Outcome shown = UnsettledStep.shown(execution, outcome);
        submit(execution, results.of(execution, shown, flowVersion, clock.instant()), true);
    }

    /** Ends an event that can have no result. */
    public void bury(DeadLetter letter) {
        committer.submit(entry(
                letter.event(),
                List.of(letter.record(topics.deadLetters(), worker, clock.instant())),
                new BuriedEvent(letter)));
    }

    /** Ends an event whose execution has its result already. */
    public void skip(PolledEvent duplicate) {
        committer.submit(entry(duplicate, List.of(), new SkippedEvent(duplicate, metrics::jobDeduplicated)));
    }

    /** Ends an event that a replay leaves out: it gets no record of its own. */
    public void leaveOut(PolledEvent event) {
        committer.submit(entry(event, List.of(), new SkippedEvent(event, () -> {})));
    }

    /** Completes when there is room for more; to be waited for after each of the above. */
    public Mono<Void> room() {
        return committer.room();
    }

    private void submit(Execution execution, JobResult result, boolean traced) {
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
                        resultRecord(execution, bytes, traced),
                        checkpoints.record(done, execution.event().partition().partition())),
                new FinishedExecution(execution, fitting, traced)));
    }

    private ProducerRecord<byte[], byte[]> resultRecord(Execution execution, byte[] value, boolean traced) {
        byte[] key = execution.request().getJobId().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topics.results(), key, value);
        for (Header header : execution.event().headers()) {
            if (traced && TRACE_HEADERS.contains(header.key()) && isModest(header)) {
                record.headers().add(header);
            }
        }
        return record;
    }

    private static boolean isModest(Header header) {
        return header.value() == null || header.value().length <= MAX_TRACE_HEADER_BYTES;
    }

    private static CommitEntry entry(
            PolledEvent event, List<ProducerRecord<byte[], byte[]>> records, CommitEntry.Settled settled) {
        return new CommitEntry(
                event.partition(), event.epoch(), OptionalLong.of(event.offset()), records, false, settled);
    }

    /** An event without a record whose offset is on its way. */
    private static final class SkippedEvent implements CommitEntry.Settled {
        private final PolledEvent event;
        private final Runnable count;

        SkippedEvent(PolledEvent event, Runnable count) {
            this.event = event;
            this.count = count;
        }

        @Override
        public void committed() {
            count.run();
        }

        @Override
        public void dropped() {} // its new owner sees the event itself

        @Override
        public void refused(RuntimeException cause) {
            throw new IllegalStateException(
                    "cannot commit offset " + event.offset() + " of " + event.partition(), cause);
        }
    }

    /** An event whose dead letter is on its way. */
    private final class BuriedEvent implements CommitEntry.Settled {
        private final DeadLetter letter;

        BuriedEvent(DeadLetter letter) {
            this.letter = letter;
        }

        @Override
        public void committed() {
            metrics.deadLettered(letter.kind());
        }

        @Override
        public void dropped() {} // its new owner sees the event itself

        @Override
        public void refused(RuntimeException cause) {
            if (letter.isWithoutOriginal()) {
                throw new IllegalStateException(
                        "cannot write a dead letter for offset "
                                + letter.event().offset() + " of "
                                + letter.event().partition(),
                        cause);
            }
            bury(letter.withoutOriginal());
        }
    }

    /** An execution whose result is on its way. */
    private final class FinishedExecution implements CommitEntry.Settled {
        private final Execution execution;
        private final JobResult result;
        private final boolean traced;

        FinishedExecution(Execution execution, JobResult result, boolean traced) {
            this.execution = execution;
            this.result = result;
            this.traced = traced;
        }

        @Override
        public void committed() {
            PolledEvent event = execution.event();
            journal.done(event.partition(), event.epoch(), execution.id());
            metrics.jobEnded(result.getFlow(), result.getStatus(), Duration.ofMillis(result.getRunMillis()));
            executions.finish(execution).forEach(Settlement.this::skip);
        }

        @Override
        public void dropped() {
            executions.drop(execution);
        }

        @Override
        public void refused(RuntimeException cause) {
            if (!traced) {
                throw new IllegalStateException("cannot write a result for job " + execution.id(), cause);
            }
            JobResult instead = results.insteadOf(
                    execution,
                    result.getFlowVersion(),
                    "RESULT_REFUSED",
                    "the broker does not take the result: " + cause.getMessage(),
                    clock.instant());
            submit(execution, instead, false);
        }
    }
}
