package dev.headstream.loadgen.audit;

import dev.headstream.loadgen.audit.History.Checkpoint;
import dev.headstream.loadgen.audit.StepEvidence.StepMoment;
import dev.headstream.loadgen.audit.StepEvidence.StepMoment.Kind;
import dev.headstream.v1.CompletedStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Invariants E, F and I by the evidence of the steps themselves. Pure.
 *
 * <p>E: no step was begun after its completion stood in a committed checkpoint, and none that must run once was begun
 * twice. F: no process had more jobs under way than it has contexts. I: a step that had ended was run again only if its
 * process was killed or cut off so soon afterwards that the checkpoint may not have been committed.
 */
final class EvidencedSteps {
    /** How long a checkpoint may be on its way: the worker's commit interval, and a transaction on a busy machine. */
    private static final long ON_ITS_WAY_MICROS = Duration.ofSeconds(2).toNanos() / 1_000;

    private static final long MICROS = 1_000;

    private final History history;
    private final StepEvidence evidence;
    private final Map<Key, List<StepMoment>> begins = new HashMap<>();

    private record Key(String execution, String step) {}

    EvidencedSteps(History history, StepEvidence evidence) {
        this.history = history;
        this.evidence = evidence;
        for (StepMoment moment : evidence.moments()) {
            if (moment.kind() == Kind.BEGIN) {
                begins.computeIfAbsent(key(moment), k -> new ArrayList<>()).add(moment);
            }
        }
    }

    Finding notRunAgain() {
        Finding.Count count = new Finding.Count(Invariant.CHECKPOINTED_STEPS);
        Map<Key, Long> checkpointed = checkpointed();
        checkpointed.forEach((key, micros) -> {
            count.checked();
            begins.getOrDefault(key, List.of()).stream()
                    .skip(1) // whatever clocks say, the first was before the checkpoint
                    .filter(begin -> begin.micros() > micros + MICROS)
                    .findFirst()
                    .ifPresent(begin -> count.breach(
                            key.step() + " of " + key.execution() + " was begun again by process " + begin.pid() + ", "
                                    + (begin.micros() - micros) / MICROS + " ms after its checkpoint"));
        });
        evidence.onceSteps().forEach((execution, step) -> {
            count.checked();
            List<StepMoment> itsBegins = begins.getOrDefault(new Key(execution, step), List.of());
            if (itsBegins.size() > 1) {
                count.breach(step + " of " + execution + " must run once and was begun " + itsBegins.size()
                        + " times, by processes "
                        + itsBegins.stream().map(StepMoment::pid).toList());
            }
        });
        return count.finding();
    }

    /** When the first committed checkpoint that has a step as completed was written. */
    private Map<Key, Long> checkpointed() {
        Map<Key, Long> first = new HashMap<>();
        for (Checkpoint checkpoint : history.checkpoints()) {
            long micros = checkpoint.value().getUpdatedAt().toEpochMilli() * MICROS;
            for (CompletedStep step : checkpoint.value().getSteps()) {
                first.merge(new Key(checkpoint.value().getExecutionId(), step.getName()), micros, Math::min);
            }
        }
        return first;
    }

    Finding bounded() {
        Finding.Count count = new Finding.Count(Invariant.BOUNDED);
        Map<Long, Set<String>> underWay = new HashMap<>();
        Map<Long, Integer> most = new HashMap<>();
        for (StepMoment moment : evidence.moments()) {
            Set<String> ofProcess = underWay.computeIfAbsent(moment.pid(), pid -> new HashSet<>());
            if (moment.kind() == Kind.BEGIN) {
                ofProcess.add(moment.executionId());
                most.merge(moment.pid(), ofProcess.size(), Math::max);
            } else {
                ofProcess.remove(moment.executionId());
            }
        }
        most.forEach((pid, jobs) -> {
            count.checked();
            if (jobs > evidence.contexts()) {
                count.breach("process " + pid + " ran " + jobs + " jobs at the same time and has " + evidence.contexts()
                        + " contexts");
            }
        });
        return count.finding();
    }

    Finding onlyInFlightRerun() {
        Finding.Count count = new Finding.Count(Invariant.RERUNS);
        Map<Key, StepMoment> last = new HashMap<>();
        for (StepMoment moment : evidence.moments()) {
            StepMoment before = last.put(key(moment), moment);
            if (moment.kind() == Kind.BEGIN) {
                count.checked();
                if (before != null && before.kind() == Kind.END && !mayBeLost(before)) {
                    count.breach(moment.step() + " of " + moment.executionId() + " was begun by process " + moment.pid()
                            + " although process " + before.pid() + " had ended it "
                            + (moment.micros() - before.micros()) / MICROS + " ms before");
                }
            }
        }
        return count.finding();
    }

    /** Whether the end of a step may have been on its way to the journal when its process was cut off. */
    private boolean mayBeLost(StepMoment end) {
        return evidence.cuts().stream()
                .anyMatch(cut -> cut.pid() == end.pid() && end.micros() >= cut.micros() - ON_ITS_WAY_MICROS);
    }

    private static Key key(StepMoment moment) {
        return new Key(moment.executionId(), moment.step());
    }
}
