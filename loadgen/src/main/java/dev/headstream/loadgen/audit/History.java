package dev.headstream.loadgen.audit;

import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that the topics of a deployment hold, as a {@code read_committed} reader sees them, and how its group and its
 * transactions stand.
 *
 * @param submissions what the submitter says it sent; null if it kept no ledger: then all events count as submitted
 * @param unreadable places of the results topic that hold no result
 * @param checkpoints the journal, in its order within each partition
 * @param partitions of the jobs topic
 * @param openTransactions in words
 */
record History(
        @Nullable List<Submission> submissions,
        List<Event> events,
        List<Result> results,
        List<Position> unreadable,
        List<DeadLetter> deadLetters,
        List<Checkpoint> checkpoints,
        Map<Integer, PartitionState> partitions,
        List<String> openTransactions) {

    /** An event of the jobs topic; the ids are null if it cannot be decoded. */
    record Event(Position at, @Nullable String key, @Nullable String jobId, @Nullable String sessionKey) {}

    /** A result, and where it stands on the results topic. */
    record Result(Position at, JobResult value) {
        Position source() {
            return new Position(
                    value.getSource().getPartition(), value.getSource().getOffset());
        }

        boolean isReplay() {
            return value.getReplayId() != null;
        }
    }

    /** A dead letter, and the event that it was made of. */
    record DeadLetter(Position at, Position origin) {}

    /** An entry of the journal. */
    record Checkpoint(Position at, JobState value) {}

    /** A partition of the jobs topic and what the group committed of it. */
    record PartitionState(long beginning, long end, OptionalLong committed, String metadata) {}

    /** The results of live work by execution. */
    Map<String, List<Result>> resultsByExecution() {
        Map<String, List<Result>> byExecution = new HashMap<>();
        results.forEach(result -> byExecution
                .computeIfAbsent(result.value().getExecutionId(), id -> new ArrayList<>())
                .add(result));
        return byExecution;
    }

    /** The dead letters by the event that they were made of. */
    Map<Position, List<DeadLetter>> deadLettersByOrigin() {
        Map<Position, List<DeadLetter>> byOrigin = new HashMap<>();
        deadLetters.forEach(letter -> byOrigin.computeIfAbsent(letter.origin(), at -> new ArrayList<>())
                .add(letter));
        return byOrigin;
    }

    /** The events by place, in order. */
    TreeMap<Position, Event> eventsByPosition() {
        TreeMap<Position, Event> byPosition = new TreeMap<>();
        events.forEach(event -> byPosition.put(event.at(), event));
        return byPosition;
    }

    /** How many replays left results: each may bury an undecodable event once more. */
    long replays() {
        return results.stream()
                .filter(Result::isReplay)
                .map(result -> result.value().getReplayId())
                .distinct()
                .count();
    }
}
