package dev.headstream.worker.flow.code;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a flow is; as the keys of a flow file, which the same rules are held against. Types and rules of inputs and outputs
 * are written as there: {@code "string"}, or {@code Map.of("type", "string", "required", true)}. Confined to one thread.
 */
public final class FlowDeclaration {
    private final Map<String, Object> keys = new LinkedHashMap<>();
    private final Map<String, Object> inputs = new LinkedHashMap<>();
    private final Map<String, Object> outputs = new LinkedHashMap<>();
    private final Map<String, Object> variables = new LinkedHashMap<>();
    private final List<Map<String, Object>> steps = new ArrayList<>();
    private final Map<String, StepBody> bodies = new LinkedHashMap<>();

    /** The name that jobs call it by. */
    public FlowDeclaration name(String name) {
        return put("flow", name);
    }

    /** From 1, raised with every change of the code that a half-done job must not be resumed across. */
    public FlowDeclaration version(int version) {
        return put("version", version);
    }

    public FlowDeclaration description(String text) {
        return put("description", text);
    }

    /** Base URL, of literals and inputs. */
    public FlowDeclaration site(String url) {
        return put("site", url);
    }

    /** The hosts that its pages may go to. */
    public FlowDeclaration allowedHosts(String... hosts) {
        return put("allowedHosts", List.of(hosts));
    }

    public FlowDeclaration input(String name, Object rule) {
        inputs.put(name, rule);
        return this;
    }

    /** What a job's result holds. */
    public FlowDeclaration output(String name, Object rule) {
        outputs.put(name, rule);
        return this;
    }

    /** What steps hand to one another and the result does not hold. */
    public FlowDeclaration variable(String name, Object rule) {
        variables.put(name, rule);
        return this;
    }

    /** What its contexts look like to its sites: the keys of {@code context} in a flow file. */
    public FlowDeclaration context(Map<String, Object> rule) {
        return put("context", new LinkedHashMap<>(rule));
    }

    /** What its pages do without: images, fonts, media, third-party. */
    public FlowDeclaration block(String... kinds) {
        return put("block", List.of(kinds));
    }

    /** How jobs share a logged-in context: the keys of {@code session} in a flow file. */
    public FlowDeclaration session(Map<String, Object> rule) {
        return put("session", new LinkedHashMap<>(rule));
    }

    /** The p95 target of a job. */
    public FlowDeclaration budget(Duration target) {
        return put("budget", StepDeclaration.millis(target));
    }

    /** Hard limit of one attempt. */
    public FlowDeclaration timeout(Duration limit) {
        return put("timeout", StepDeclaration.millis(limit));
    }

    /** The step that a resumed job enters through again. */
    public FlowDeclaration entry(String step) {
        return put("entry", step);
    }

    /**
     * The next step.
     *
     * @param rules what it is: its effect at least
     * @param body what it does
     */
    public FlowDeclaration step(String name, Consumer<StepDeclaration> rules, StepBody body) {
        StepDeclaration step = new StepDeclaration(name);
        rules.accept(step);
        steps.add(step.keys());
        bodies.put(name, body);
        return this;
    }

    private FlowDeclaration put(String key, Object value) {
        keys.put(key, value);
        return this;
    }

    /** All of it, as a flow file would hold it. */
    public Map<String, Object> asWritten() {
        Map<String, Object> all = new LinkedHashMap<>(keys);
        addFilled(all, "inputs", inputs);
        addFilled(all, "outputs", outputs);
        addFilled(all, "variables", variables);
        all.put("steps", List.copyOf(steps));
        return all;
    }

    private static void addFilled(Map<String, Object> all, String key, Map<String, Object> values) {
        if (!values.isEmpty()) {
            all.put(key, values);
        }
    }

    /** What each step does, by its name. */
    public Map<String, StepBody> bodies() {
        return Map.copyOf(bodies);
    }
}
