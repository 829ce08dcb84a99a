package dev.headstream.worker.flow;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A named group of actions: the unit of budget, cache, checkpoint and retry.
 *
 * @param budget the p95 target, reported and alerted on
 * @param timeout hard limit of one attempt
 * @param onResume what becomes of it if an earlier attempt began it and did not complete it
 * @param saveState whether cookies and storage are checkpointed with its completion
 * @param uses what its actions refer to
 */
public record Step(
        String name,
        Effect effect,
        Optional<Duration> budget,
        Duration timeout,
        OnResume onResume,
        boolean saveState,
        Optional<CacheRule> cache,
        List<Instruction> instructions,
        Set<Reference> uses) {
    /** What a step may be called. */
    public static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    /** The limit of a step that sets none. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    public Step {
        instructions = List.copyOf(instructions);
        uses = Collections.unmodifiableSet(new LinkedHashSet<>(uses));
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("step name '" + name + "' must match " + NAME);
        }
        if (budget.isPresent() && budget.get().compareTo(timeout) > 0) {
            throw new IllegalArgumentException("step '" + name + "': budget is larger than timeout");
        }
        if (effect != Effect.READ && cache.isPresent()) {
            throw new IllegalArgumentException("step '" + name + "': only a step that changes nothing can be cached");
        }
        if (!effect.isSafe() && onResume == OnResume.RERUN) {
            throw new IllegalArgumentException("step '" + name + "': a step that runs once is not rerun");
        }
    }

    /** Whether it does not rely on where the step before left the page. */
    public boolean opensItsPage() {
        return instructions.stream()
                .dropWhile(instruction -> instruction.action() instanceof Gesture.Viewport
                        || instruction.action() instanceof Gesture.Network)
                .findFirst()
                .filter(instruction -> instruction.action() instanceof Action.Navigate && !instruction.optional())
                .isPresent();
    }

    /** All that it may do, the actions in groups too, in the order of the file. */
    public Stream<Action> actions() {
        return instructions.stream().flatMap(Instruction::actions);
    }

    /** Names of the outputs and variables that it sets, or may set. */
    public Stream<String> sets() {
        return actions().flatMap(Step::setBy).distinct();
    }

    private static Stream<String> setBy(Action action) {
        if (action instanceof Action.Extract extract) {
            return extract.values().keySet().stream();
        }
        if (action instanceof Group.Download download) {
            return download.into().stream();
        }
        if (action instanceof Action.Call call) {
            return call.sets().stream();
        }
        return action instanceof Action.Evaluate evaluate ? evaluate.into().stream() : Stream.empty();
    }
}
