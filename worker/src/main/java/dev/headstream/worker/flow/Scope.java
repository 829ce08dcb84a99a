package dev.headstream.worker.flow;

import dev.headstream.worker.flow.yaml.Suggestions;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What may be referred to at the place that is being read: grows as the steps are read in order. */
final class Scope {
    private final Set<String> inputs;
    private final Map<String, OutputSpec> shapes;
    private final boolean hasSite;
    private final Set<String> set = new LinkedHashSet<>();
    private final Map<String, Set<String>> setByStep = new LinkedHashMap<>();
    /** Set on one way through the flow and not on another. */
    private final Set<String> maybeSet = new LinkedHashSet<>();

    private final Set<Reference> usedInStep = new LinkedHashSet<>();
    private boolean inStep;

    /**
     * @param inputs names of the declared inputs
     * @param shapes declared outputs and variables
     */
    Scope(Set<String> inputs, Map<String, OutputSpec> shapes, boolean hasSite) {
        this.inputs = inputs;
        this.shapes = shapes;
        this.hasSite = hasSite;
    }

    /** A scope in which nothing but inputs may be referred to. */
    static Scope ofInputs(Set<String> inputs) {
        return new Scope(inputs, Map.of(), false);
    }

    void enterStep(String name) {
        inStep = true;
        usedInStep.clear();
        setByStep.put(name, new LinkedHashSet<>());
    }

    /** What the step that is being read has referred to so far. */
    Set<Reference> usedInStep() {
        return new LinkedHashSet<>(usedInStep);
    }

    /** Records that the step sets a value; one that is not declared is a problem. */
    @Nullable
    OutputSpec sets(String step, String name, YamlValue at) {
        OutputSpec shape = shapes.get(name);
        if (shape == null) {
            // what was meant is as good as set: that it never is would be the same mistake told twice
            Suggestions.closest(name, shapes.keySet()).ifPresent(set::add);
            at.problem("'" + name + "' is not declared" + Suggestions.hint(name, shapes.keySet())
                    + ": declare it under 'outputs', or under 'variables' if the result shall not hold it");
            return null;
        }
        set.add(name);
        setByStep.computeIfAbsent(step, unused -> new LinkedHashSet<>()).add(name);
        return shape;
    }

    /** Whether it is set on any way through what was read so far. */
    boolean isSet(String name) {
        return set.contains(name) || maybeSet.contains(name);
    }

    /** What is set here for certain. */
    Set<String> known() {
        return new LinkedHashSet<>(set);
    }

    /** Of what is set for certain only that much is; the rest may be. */
    void knowOnly(Set<String> names) {
        set.forEach(name -> {
            if (!names.contains(name)) {
                maybeSet.add(name);
            }
        });
        set.clear();
        set.addAll(names);
    }

    /** The declared shape of an output or variable. */
    Optional<OutputSpec> shapeOf(String name) {
        return Optional.ofNullable(shapes.get(name));
    }

    /** A template whose references are all known here, and hold no secret. */
    @Nullable
    Template template(YamlValue value, String what) {
        Template template = templateWithSecrets(value, what);
        if (template != null) {
            refuseSecrets(template, value, what);
        }
        return template;
    }

    /** A template whose references are all known here. */
    @Nullable
    Template templateWithSecrets(YamlValue value, String what) {
        Template template = value.parsed(what, Template::parse);
        if (template != null) {
            check(template, value);
        }
        return template;
    }

    /** A template that is only compared: what it refers to may have no value yet, and is empty then. */
    @Nullable
    Template comparedTemplate(YamlValue value, String what) {
        Set<String> certain = known();
        set.addAll(maybeSet);
        Template template = template(value, what);
        set.clear();
        set.addAll(certain);
        return template;
    }

    /** A selector, or a list of them, whose references are all known here. */
    @Nullable
    Selector selector(YamlValue value, String what) {
        if (!value.isList()) {
            return oneSelector(value, what);
        }
        List<Selector> variants = new ArrayList<>();
        List<YamlValue> items = value.list(what);
        for (YamlValue item : items) {
            Selector variant = oneSelector(item, what);
            if (variant != null) {
                variants.add(variant);
            }
        }
        if (items.isEmpty()) {
            value.problem(what + " must name at least one selector");
        }
        return variants.isEmpty() ? null : Selector.anyOf(variants);
    }

    private @Nullable Selector oneSelector(YamlValue value, String what) {
        Selector selector = value.parsed(what, Selector::parse);
        if (selector != null) {
            selector.variants().forEach(variant -> {
                check(variant, value);
                refuseSecrets(variant, value, what);
            });
        }
        return selector;
    }

    private static void refuseSecrets(Template template, YamlValue at, String what) {
        if (template.references().anyMatch(Reference::isSecret)) {
            at.problem(
                    what + " must not hold a secret: it is shown in messages, only the value of 'fill' and of 'change'"
                            + " and the args of 'evaluate' are not");
        }
    }

    void check(Template template, YamlValue at) {
        template.references().forEach(reference -> check(reference, at));
    }

    private void check(Reference reference, YamlValue at) {
        usedInStep.add(reference);
        if (reference instanceof Reference.Input input) {
            known(input.name(), inputs, "input", "inputs", at);
        } else if (reference instanceof Reference.Variable variable) {
            checkVariable(variable.name(), at);
        } else if (reference instanceof Reference.StepVariable variable) {
            checkStepVariable(variable, at);
        } else if (reference instanceof Reference.Site && !hasSite) {
            at.problem("${site} is not set: write 'site: https://...' at the top of the flow");
        } else if (reference instanceof Reference.StepKey && !inStep) {
            at.problem("${step.key} is known within a step only");
        }
    }

    private void checkVariable(String name, YamlValue at) {
        if (set.contains(name)) {
            return;
        }
        if (maybeSet.contains(name)) {
            checkMaybe(name, at);
        } else if (shapes.containsKey(name)) {
            at.problem("${" + name + "} has no value yet: it must be extracted by an earlier action");
        } else if (inputs.contains(name)) {
            at.problem("unknown variable '" + name + "': the input of that name is ${inputs." + name + "}");
        } else {
            known(name, shapes.keySet(), "variable", "outputs' or 'variables", at);
        }
    }

    private void checkMaybe(String name, YamlValue at) {
        OutputSpec shape = shapes.get(name);
        if (shape != null && !shape.optional()) {
            at.problem(
                    "${" + name + "} may have no value here: it is extracted in one branch only, by an optional action"
                            + " or in a round that may not come; declare it as optional (a '?' after its type), and it is empty"
                            + " then, or extract it on every way");
        }
    }

    private void checkStepVariable(Reference.StepVariable variable, YamlValue at) {
        Set<String> ofStep = setByStep.get(variable.step());
        if (ofStep == null) {
            at.problem("there is no earlier step '" + variable.step() + "'"
                    + Suggestions.hint(variable.step(), setByStep.keySet()));
        } else if (!ofStep.contains(variable.name())) {
            at.problem("step '" + variable.step() + "' does not extract '" + variable.name() + "' before this"
                    + Suggestions.hint(variable.name(), ofStep));
        } else if (!set.contains(variable.name())) {
            checkMaybe(variable.name(), at);
        }
    }

    private static void known(String name, Set<String> declared, String kind, String where, YamlValue at) {
        if (!declared.contains(name)) {
            at.problem("unknown " + kind + " '" + name + "'" + Suggestions.hint(name, declared)
                    + ": declare it under '" + where + "' (declared: "
                    + (declared.isEmpty() ? "none" : String.join(", ", declared)) + ")");
        }
    }
}
