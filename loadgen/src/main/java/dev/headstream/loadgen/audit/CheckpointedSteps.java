package dev.headstream.loadgen.audit;

import dev.headstream.loadgen.audit.History.Checkpoint;
import dev.headstream.loadgen.audit.History.Result;
import dev.headstream.v1.CompletedStep;
import dev.headstream.v1.JobState;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Invariant E: a step whose completion is in the journal was not run again. Excepted are flows of another version, which
 * start over, and the steps by which a flow re-enters a new browser context. What compaction has removed from the journal
 * is not seen. Pure.
 */
final class CheckpointedSteps {
    private static final Set<StepOutcome> RUN = Set.of(StepOutcome.RAN, StepOutcome.FAILED);

    private final History history;
    private final Set<String> reentrySteps;

    /** A journal entry repeats what the ones before it said: each breach counts once. */
    private final Set<Key> twice = new HashSet<>();

    CheckpointedSteps(History history, Set<String> reentrySteps) {
        this.history = history;
        this.reentrySteps = reentrySteps;
    }

    /** The first durable completion of a step. */
    private record Completion(Instant startedAt, Instant durableAt) {}

    private record Key(String execution, int flowVersion, String step) {}

    Finding notRunAgain() {
        Finding.Count count = new Finding.Count(Invariant.CHECKPOINTED_STEPS);
        Map<Key, Completion> first = new HashMap<>();
        Map<String, List<Result>> results = history.resultsByExecution();
        Map<String, Position> done = new HashMap<>();
        for (Checkpoint checkpoint : history.checkpoints()) {
            JobState state = checkpoint.value();
            if (state.getDone() != null) {
                done.put(state.getExecutionId(), checkpoint.at());
            } else if (done.containsKey(state.getExecutionId())) {
                count.breach(state.getExecutionId() + " was done at " + done.get(state.getExecutionId())
                        + " of the journal and went on at " + checkpoint.at());
            }
            checkCheckpoint(state, first, count);
        }
        for (List<Result> ofExecution : results.values()) {
            ofExecution.forEach(result -> checkResult(result, first, count));
        }
        return count.finding();
    }

    private void checkCheckpoint(JobState state, Map<Key, Completion> first, Finding.Count count) {
        for (CompletedStep step : state.getSteps()) {
            Key key = new Key(state.getExecutionId(), state.getFlowVersion(), step.getName());
            Completion known = first.get(key);
            if (known == null) {
                count.checked();
                first.put(key, new Completion(step.getStartedAt(), state.getUpdatedAt()));
            } else if (isOther(step.getStartedAt(), known, step.getName()) && twice.add(key)) {
                count.breach("step " + step.getName() + " of " + state.getExecutionId() + " was begun at "
                        + known.startedAt() + " and completed, and completed again, begun at " + step.getStartedAt());
            }
        }
    }

    private boolean isOther(Instant startedAt, Completion known, String step) {
        return !startedAt.equals(known.startedAt()) && !reentrySteps.contains(step);
    }

    private void checkResult(Result result, Map<Key, Completion> first, Finding.Count count) {
        for (StepReport step : result.value().getSteps()) {
            Completion known = first.get(
                    new Key(result.value().getExecutionId(), result.value().getFlowVersion(), step.getName()));
            if (known != null
                    && RUN.contains(step.getOutcome())
                    && isOther(step.getStartedAt(), known, step.getName())
                    && step.getStartedAt().isAfter(known.durableAt())) {
                count.breach("step " + step.getName() + " of "
                        + result.value().getExecutionId() + " was run again at " + step.getStartedAt()
                        + ", its checkpoint is of " + known.durableAt());
            }
        }
    }
}
