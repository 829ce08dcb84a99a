package dev.headstream.worker.flow;

import dev.headstream.worker.flow.code.StepBody;
import dev.headstream.worker.flow.yaml.YamlMap;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the steps of a flow, in order. */
final class StepReader {
    private final Scope scope;
    private final Map<String, StepBody> bodies;
    private final Set<String> names = new LinkedHashSet<>();

    /** @param bodies the functions of steps that are written in Java, by the steps' names; none for a flow file */
    StepReader(Scope scope, Map<String, StepBody> bodies) {
        this.scope = scope;
        this.bodies = bodies;
    }

    /** Names of the steps read so far. */
    Set<String> names() {
        return names;
    }

    /** Reads one step; null if there is anything wrong with it. */
    @Nullable
    Step read(YamlValue value) {
        YamlMap map = value.map("a step", bodies.isEmpty() ? FlowKeys.STEP : FlowKeys.CODE_STEP);
        if (map == null) {
            return null;
        }
        String name = name(map);
        scope.enterStep(name == null ? "" : name);
        Effect effect = effect(map);
        Optional<Duration> budget = duration(map, "budget");
        Duration timeout = timeout(map, budget);
        OnResume onResume = onResume(map, effect);
        List<Instruction> instructions = instructions(map, name == null ? "" : name);
        Set<Reference> uses = scope.usedInStep();
        Optional<CacheRule> cache = cache(map, effect, uses, instructions);
        boolean saveState = flag(map, "saveState");
        if (saveState && cache.isPresent()) {
            map.problemAt(
                    "saveState",
                    "a step whose result may come from the cache has no state of its own to save: remove 'saveState'"
                            + " or 'cache'");
        }
        boolean contradicts =
                (effect != Effect.READ && cache.isPresent()) || (effect == Effect.ONCE && onResume == OnResume.RERUN);
        boolean overBudget = budget.isPresent() && budget.get().compareTo(timeout) > 0;
        return name == null || effect == null || instructions.isEmpty() || contradicts || overBudget
                ? null
                : new Step(name, effect, budget, timeout, onResume, saveState, cache, instructions, uses);
    }

    private @Nullable String name(YamlMap map) {
        YamlValue value = map.required("name", "messages, budgets and checkpoints go by it");
        String name = value == null ? null : value.filled("the step's name");
        if (name == null || value == null) {
            return null;
        }
        if (!Step.NAME.matcher(name).matches()) {
            value.problem(
                    "'" + name + "' is not a step name: write lower-case letters, digits and '-', a letter first");
            return null;
        }
        if (!names.add(name)) {
            value.problem("there is a step '" + name + "' already: give this one another name");
        }
        return name;
    }

    private static @Nullable Effect effect(YamlMap map) {
        YamlValue value = map.required(
                "effect",
                "write read (changes nothing), idempotent (a second run does no harm) or once (must never run twice)");
        return value == null ? null : value.oneOf("'effect'", Effect.class);
    }

    private static Duration timeout(YamlMap map, Optional<Duration> budget) {
        Optional<Duration> timeout = duration(map, "timeout");
        if (timeout.isPresent() && budget.isPresent() && timeout.get().compareTo(budget.get()) < 0) {
            map.problemAt(
                    "timeout",
                    "the timeout (" + timeout.get().toMillis() + " ms) is shorter than the budget ("
                            + budget.get().toMillis()
                            + " ms): the budget is the p95 target, the timeout the hard limit above it");
        }
        Duration least = budget.map(target -> target.multipliedBy(2)).orElse(Duration.ZERO);
        return timeout.orElse(least.compareTo(Step.DEFAULT_TIMEOUT) > 0 ? least : Step.DEFAULT_TIMEOUT);
    }

    private static OnResume onResume(YamlMap map, @Nullable Effect effect) {
        OnResume fallback = effect == Effect.ONCE ? OnResume.FAIL : OnResume.RERUN;
        YamlValue value = map.get("onResume");
        OnResume onResume = value == null ? null : value.oneOf("'onResume'", OnResume.class);
        if (onResume == OnResume.RERUN && effect == Effect.ONCE) {
            map.problemAt(
                    "onResume",
                    "a step with 'effect: once' is never run twice: write fail or skip, or declare"
                            + " the step as idempotent");
        }
        if (onResume != null && onResume != OnResume.RERUN && effect != null && effect.isSafe()) {
            map.problemAt(
                    "onResume",
                    "only a step with 'effect: once' can " + onResume.name().toLowerCase(java.util.Locale.ROOT)
                            + " on resume: this one is run again");
        }
        return onResume == null ? fallback : onResume;
    }

    /** Read after the actions, because what they refer to belongs to the key. */
    private Optional<CacheRule> cache(
            YamlMap map, @Nullable Effect effect, Set<Reference> uses, List<Instruction> instructions) {
        YamlValue value = map.get("cache");
        YamlMap rule = value == null ? null : value.map("'cache'", FlowKeys.CACHE);
        if (rule == null || value == null) {
            return Optional.empty();
        }
        checkCacheable(value, effect, uses);
        if (instructions.stream().flatMap(Instruction::actions).anyMatch(StepReader::movesFiles)) {
            value.problem("a file belongs to the job that moved it, and no other job gets it out of the cache: remove"
                    + " 'cache', or do downloads and uploads in a step of their own");
        }
        YamlValue keyValue = rule.required("key", "equal keys share a result, as in \"${inputs.query}\"");
        YamlValue ttlValue = rule.required("ttl", "how long a result is fresh, as in 10m");
        Template key = keyValue == null ? null : scope.template(keyValue, "'key' of cache");
        Duration ttl = ttlValue == null ? null : ttlValue.duration("'ttl' of cache");
        return key == null || ttl == null
                ? Optional.empty()
                : Optional.of(new CacheRule(key, ttl, duration(rule, "negativeTtl"), flag(rule, "shared"), uses));
    }

    private static boolean movesFiles(Action action) {
        return action instanceof Group.Download || action instanceof Gesture.Upload;
    }

    private static void checkCacheable(YamlValue cache, @Nullable Effect effect, Set<Reference> uses) {
        if (effect == Effect.ONCE || effect == Effect.IDEMPOTENT) {
            String word = effect.name().toLowerCase(java.util.Locale.ROOT);
            cache.problem(
                    "a step with 'effect: " + word + "' must not be cached, for it changes something and would not"
                            + " be run: remove 'cache', or declare the step as read");
        }
        if (uses.stream().anyMatch(use -> use instanceof Reference.JobId || use instanceof Reference.StepKey)) {
            cache.problem("the step refers to ${job.id} or ${step.key}, which no two jobs share, so its result could"
                    + " never be reused: remove 'cache'");
        }
    }

    private List<Instruction> instructions(YamlMap map, String step) {
        ActionReader actions = new ActionReader(scope, step);
        if (!bodies.containsKey(step)) {
            return actions.readAll(map.required("do", "the list of actions"), "'do'");
        }
        List<Instruction> all = new ArrayList<>(actions.readAll(map.get("do"), "'do'"));
        all.add(call(map, step));
        return all;
    }

    /** The function of a step; what it refers to and what it sets is known by its declaration only. */
    private Instruction call(YamlMap map, String step) {
        for (YamlValue reference : items(map, "uses")) {
            scope.templateWithSecrets(reference, "'uses'");
        }
        Set<String> sets = new LinkedHashSet<>();
        for (YamlValue item : items(map, "sets")) {
            String name = item.filled("'sets'");
            if (name != null && scope.sets(step, name, item) != null) {
                sets.add(name);
            }
        }
        Action.Call call = new Action.Call(Objects.requireNonNull(bodies.get(step)), sets);
        return new Instruction(call, Optional.empty(), false, Optional.empty(), 1);
    }

    private static List<YamlValue> items(YamlMap map, String key) {
        YamlValue value = map.get(key);
        return value == null ? List.of() : value.list("'" + key + "'");
    }

    private static Optional<Duration> duration(YamlMap map, String key) {
        YamlValue value = map.get(key);
        return value == null ? Optional.empty() : Optional.ofNullable(value.duration("'" + key + "'"));
    }

    private static boolean flag(YamlMap map, String key) {
        YamlValue value = map.get(key);
        Boolean flag = value == null ? null : value.flag("'" + key + "'");
        return flag != null && flag;
    }
}
