package dev.headstream.pipeline.metrics;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The flows that a worker has loaded, as far as meters need them. Bounds what tags can hold: names come in with jobs,
 * and whoever writes jobs could otherwise make a time series with each. Immutable.
 */
public final class KnownFlows {
    /** The value of a tag for a flow or step that is not loaded. */
    public static final String UNKNOWN = "unknown";

    private final Map<String, Map<String, Duration>> stepBudgets;

    private KnownFlows(Map<String, Map<String, Duration>> stepBudgets) {
        this.stepBudgets = stepBudgets.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> Map.copyOf(entry.getValue())));
    }

    /** No flow: every name is unknown. */
    public static KnownFlows none() {
        return new KnownFlows(Map.of());
    }

    /** Adds a flow with the budget of each of its steps; zero for a step that has none. */
    public KnownFlows with(String flow, Map<String, Duration> budgets) {
        Map<String, Map<String, Duration>> more = new LinkedHashMap<>(stepBudgets);
        more.put(flow, budgets);
        return new KnownFlows(more);
    }

    /** The flow's name if it is loaded, else {@link #UNKNOWN}. */
    public String flowTag(String flow) {
        return stepBudgets.containsKey(flow) ? flow : UNKNOWN;
    }

    /** The step's name if its flow is loaded and has it, else {@link #UNKNOWN}. */
    public String stepTag(String flow, String step) {
        return stepBudgets.getOrDefault(flow, Map.of()).containsKey(step) ? step : UNKNOWN;
    }

    Set<String> names() {
        return stepBudgets.keySet();
    }

    Collection<Duration> budgets() {
        return stepBudgets.values().stream()
                .flatMap(steps -> steps.values().stream())
                .collect(Collectors.toSet());
    }
}
