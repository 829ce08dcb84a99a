package dev.headstream.pipeline.replay;

import dev.headstream.pipeline.admission.Selection;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobStatus;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs of the range are run again; counts what it leaves out, and why. Thread-safe.
 */
public final class ReplayFilter implements Selection {

    /** Why a job is left out. */
    public enum Reason {
        /** It is of another flow than the one asked for. */
        OTHER_FLOW,
        /** Its last result is not one of those asked for, or it has none. */
        OTHER_RESULT,
        /** It succeeded already. */
        COMPLETED,
        /** Its flow has a step that must run once, and that was not allowed. */
        EFFECTS,
        /** It cannot be decoded, so no filter can say yes to it. */
        UNDECODABLE
    }

    /**
     * What was asked for.
     *
     * @param flow only jobs of this flow; empty for all
     * @param only only jobs whose last result has one of these statuses; empty for all
     * @param skipCompleted not jobs whose last result is SUCCEEDED
     * @param allowEffects also flows with a step that must run once
     */
    public record Options(Optional<String> flow, Set<JobStatus> only, boolean skipCompleted, boolean allowEffects) {
        public Options {
            only = only.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(only));
        }

        /** Whether the results must be read for it. */
        boolean needsResults() {
            return skipCompleted || !only.isEmpty();
        }

        boolean isEverything() {
            return flow.isEmpty() && !needsResults();
        }
    }

    private final Options options;
    private final Predicate<String> unsafeFlow;
    private final @Nullable PastResults wanted;
    private final @Nullable PastResults completed;
    private final Map<Reason, LongAdder> leftOut = new EnumMap<>(Reason.class);

    /**
     * @param unsafeFlow whether a flow has a step that must run once
     * @param wanted what {@code only} is looked up in, if it is
     * @param completed what {@code skipCompleted} is looked up in, if it is
     */
    ReplayFilter(
            Options options,
            Predicate<String> unsafeFlow,
            @Nullable PastResults wanted,
            @Nullable PastResults completed) {
        this.options = options;
        this.unsafeFlow = unsafeFlow;
        this.wanted = wanted;
        this.completed = completed;
        for (Reason reason : Reason.values()) {
            leftOut.put(reason, new LongAdder());
        }
    }

    @Override
    public boolean selects(JobRequested request) {
        Optional<Reason> reason = reasonAgainst(request);
        reason.ifPresent(this::count);
        return reason.isEmpty();
    }

    @Override
    public boolean selectsUndecodable() {
        if (!options.isEverything()) {
            count(Reason.UNDECODABLE);
        }
        return options.isEverything();
    }

    /** How many it left out, by reason. */
    public Map<Reason, Long> leftOut() {
        Map<Reason, Long> counts = new EnumMap<>(Reason.class);
        leftOut.forEach((reason, count) -> counts.put(reason, count.sum()));
        return counts;
    }

    private Optional<Reason> reasonAgainst(JobRequested request) {
        String id = request.getJobId();
        if (options.flow().filter(flow -> !flow.equals(request.getFlow())).isPresent()) {
            return Optional.of(Reason.OTHER_FLOW);
        }
        if (wanted != null && !wanted.contains(id)) {
            return Optional.of(Reason.OTHER_RESULT);
        }
        if (completed != null && completed.contains(id)) {
            return Optional.of(Reason.COMPLETED);
        }
        return !options.allowEffects() && unsafeFlow.test(request.getFlow())
                ? Optional.of(Reason.EFFECTS)
                : Optional.empty();
    }

    private void count(Reason reason) {
        LongAdder counter = leftOut.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }
}
