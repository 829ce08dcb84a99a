package dev.headstream.worker.flow;

import dev.headstream.worker.egress.HostPolicy;
import dev.headstream.worker.flow.yaml.Suggestions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a job runs: named steps with declared inputs and outputs. Immutable.
 *
 * @param version raised by its author with every change that a half-done job must not be resumed across
 * @param definition SHA-256 of all that says what it does; empty if that cannot be read
 * @param site base URL, of literals and inputs only
 * @param allowedHosts where its pages may go
 * @param block what its pages do without
 * @param outputs what a job's result holds
 * @param variables what its steps hand to one another and the result does not hold
 * @param context what its pages are shown in
 * @param budget the p95 target of a job
 * @param timeout hard limit of one attempt
 * @param entry the step that a resumed job enters through again, although it was completed
 */
public record Flow(
        String name,
        int version,
        Optional<String> description,
        Optional<String> definition,
        Optional<Template> site,
        HostPolicy allowedHosts,
        Set<Blocked> block,
        Map<String, InputSpec> inputs,
        Map<String, OutputSpec> outputs,
        Map<String, OutputSpec> variables,
        ContextRule context,
        Optional<SessionRule> session,
        Optional<Duration> budget,
        Duration timeout,
        Optional<String> entry,
        List<Step> steps) {
    /** What a flow may be called. */
    public static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?");

    /** The limit of a flow that sets none. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    public Flow {
        block = Collections.unmodifiableSet(new LinkedHashSet<>(block));
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
        steps = List.copyOf(steps);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("flow name '" + name + "' must match " + NAME);
        }
        if (version < 1) {
            throw new IllegalArgumentException("flow version must be at least 1, not " + version);
        }
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("flow '" + name + "' has no steps");
        }
    }

    /** The step of that name. */
    public Optional<Step> step(String stepName) {
        return steps.stream().filter(step -> step.name().equals(stepName)).findFirst();
    }

    /** Shape of an output or variable. */
    public Optional<OutputSpec> shapeOf(String variable) {
        OutputSpec output = outputs.get(variable);
        return Optional.ofNullable(output != null ? output : variables.get(variable));
    }

    /** What is wrong with a job's inputs, one line a problem, every one of them; empty if the flow may run. */
    public List<String> problems(Map<String, String> given) {
        List<String> problems = new ArrayList<>();
        inputs.forEach((input, spec) -> {
            String value = given.get(input);
            if (value != null) {
                problems.addAll(spec.problems("inputs." + input, value));
            } else if (spec.required() && spec.defaultValue().isEmpty()) {
                problems.add("inputs." + input + ": missing");
            }
        });
        for (String input : given.keySet()) {
            if (!inputs.containsKey(input)) {
                problems.add("inputs." + input + ": unknown" + Suggestions.hint(input, inputs.keySet()) + " (flow '"
                        + name + "' takes " + (inputs.isEmpty() ? "none" : String.join(", ", inputs.keySet())) + ")");
            }
        }
        return problems;
    }
}
