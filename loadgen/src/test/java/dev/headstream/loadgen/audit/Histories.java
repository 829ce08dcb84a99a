package dev.headstream.loadgen.audit;

import dev.headstream.loadgen.audit.History.Checkpoint;
import dev.headstream.loadgen.audit.History.DeadLetter;
import dev.headstream.loadgen.audit.History.Event;
import dev.headstream.loadgen.audit.History.PartitionState;
import dev.headstream.loadgen.audit.History.Result;
import dev.headstream.v1.CompletedStep;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobState;
import dev.headstream.v1.JobStatus;
import dev.headstream.v1.SourcePosition;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Makes up a history, record by record; one partition unless said otherwise. */
final class Histories {
    static final Instant START = Instant.parse("2026-01-31T09:00:00Z");

    private final List<Event> events = new ArrayList<>();
    private final List<Result> results = new ArrayList<>();
    private final List<Position> unreadable = new ArrayList<>();
    private final List<DeadLetter> deadLetters = new ArrayList<>();
    private final List<Checkpoint> checkpoints = new ArrayList<>();
    private final Map<Integer, PartitionState> partitions = new HashMap<>();
    private final List<String> open = new ArrayList<>();
    private @Nullable List<Submission> submissions;

    Histories submitted(String... jobIds) {
        List<Submission> ledger = new ArrayList<>();
        for (String jobId : jobIds) {
            ledger.add(Submission.live(jobId, null, START));
        }
        submissions = ledger;
        return this;
    }

    Histories submitted(Submission... ledger) {
        submissions = List.of(ledger);
        return this;
    }

    Histories event(long offset, String jobId) {
        return event(offset, jobId, null);
    }

    Histories event(long offset, String jobId, @Nullable String sessionKey) {
        events.add(new Event(at(offset), sessionKey == null ? jobId : sessionKey, jobId, sessionKey));
        return this;
    }

    Histories poison(long offset, String key) {
        events.add(new Event(at(offset), key, null, null));
        return this;
    }

    Histories result(String jobId, long source, StepReport... steps) {
        return result(jobId, jobId, null, source, steps);
    }

    Histories replayed(String replayId, String jobId, long source, StepReport... steps) {
        return result(replayId + "|" + jobId, jobId, replayId, source, steps);
    }

    private Histories result(
            String executionId, String jobId, @Nullable String replayId, long source, StepReport... steps) {
        results.add(new Result(
                at(results.size()),
                JobResult.newBuilder()
                        .setJobId(jobId)
                        .setExecutionId(executionId)
                        .setReplayId(replayId)
                        .setFlow("f")
                        .setFlowVersion(1)
                        .setStatus(JobStatus.SUCCEEDED)
                        .setSteps(List.of(steps))
                        .setSource(new SourcePosition("headstream.jobs", 0, source))
                        .setCompletedAt(START.plusSeconds(60))
                        .build()));
        return this;
    }

    Histories noResultAt(long offset) {
        unreadable.add(at(offset));
        return this;
    }

    Histories deadLetter(long origin) {
        deadLetters.add(new DeadLetter(at(deadLetters.size()), at(origin)));
        return this;
    }

    Histories checkpoint(String executionId, long source, int flowVersion, int writtenAt, CompletedStep... steps) {
        checkpoints.add(new Checkpoint(
                at(checkpoints.size()),
                state(executionId, source, writtenAt)
                        .setFlowVersion(flowVersion)
                        .setSteps(List.of(steps))
                        .build()));
        return this;
    }

    Histories done(String executionId, long source) {
        checkpoints.add(new Checkpoint(
                at(checkpoints.size()),
                state(executionId, source, 60).setDone("SUCCEEDED").build()));
        return this;
    }

    private static JobState.Builder state(String executionId, long source, int writtenAt) {
        return JobState.newBuilder()
                .setExecutionId(executionId)
                .setSourceOffset(source)
                .setFlow("f")
                .setUpdatedAt(START.plusSeconds(writtenAt));
    }

    Histories partition(long beginning, long end, OptionalLong committed, String metadata) {
        partitions.put(0, new PartitionState(beginning, end, committed, metadata));
        return this;
    }

    Histories committed(long committed, long end) {
        return partition(0, end, OptionalLong.of(committed), "");
    }

    Histories openTransaction(String words) {
        open.add(words);
        return this;
    }

    /** A step of a result, from so many seconds after the start for so many. */
    static StepReport step(String name, StepOutcome outcome, int from, int seconds) {
        return new StepReport(name, outcome, START.plusSeconds(from), seconds * 1_000L, 0L);
    }

    static StepReport ran(String name, int from, int seconds) {
        return step(name, StepOutcome.RAN, from, seconds);
    }

    /** A step of a checkpoint. */
    static CompletedStep completed(String name, int from, int seconds) {
        return new CompletedStep(name, null, START.plusSeconds(from), seconds * 1_000L, 0L);
    }

    History history() {
        return new History(submissions, events, results, unreadable, deadLetters, checkpoints, partitions, open);
    }

    private static Position at(long offset) {
        return new Position(0, offset);
    }
}
