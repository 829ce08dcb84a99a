package dev.headstream.worker.flow;

import dev.headstream.worker.egress.HostPattern;
import dev.headstream.worker.egress.HostPolicy;
import dev.headstream.worker.flow.code.StepBody;
import dev.headstream.worker.flow.yaml.Problems;
import dev.headstream.worker.flow.yaml.Suggestions;
import dev.headstream.worker.flow.yaml.YamlMap;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one flow. Goes on after a problem, so that all of them are found. */
final class FlowReader {
    private static final String LOGIN = "the login '";

    private final Problems problems;
    private final Optional<String> definition;
    private final Map<String, StepBody> bodies;

    /** @param definition what {@link Flow#definition} is to be */
    FlowReader(Problems problems, Optional<String> definition) {
        this(problems, definition, Map.of());
    }

    /** @param bodies the functions of steps that are written in Java, by the steps' names */
    FlowReader(Problems problems, Optional<String> definition, Map<String, StepBody> bodies) {
        this.problems = problems;
        this.definition = definition;
        this.bodies = bodies;
    }

    /** The flow, or empty if there is any problem. */
    Optional<Flow> read(YamlValue document) {
        YamlMap map = document.map("a flow", FlowKeys.FLOW);
        if (map == null) {
            return Optional.empty();
        }
        String name = name(map);
        Integer version = version(map);
        HostPolicy hosts = hosts(map);
        Set<Blocked> block = block(map);
        Map<String, InputSpec> inputs = SpecReader.inputs(map.get("inputs"));
        Map<String, OutputSpec> outputs = SpecReader.outputs(map.get("outputs"), "outputs");
        Map<String, OutputSpec> variables = SpecReader.outputs(map.get("variables"), "variables");
        Optional<Template> site = site(map, inputs, hosts);
        Scope scope = new Scope(inputs.keySet(), shapes(map, outputs, variables), map.has("site"));
        StepReader stepReader = new StepReader(scope, bodies);
        Map<Step, YamlValue> places = steps(map, stepReader);
        List<Step> steps = List.copyOf(places.keySet());
        Optional<Duration> budget = duration(map, "budget");
        Duration timeout = timeout(map, budget);
        ContextRule context = ContextReader.read(map, inputs.keySet());
        Optional<SessionRule> session = SessionReader.read(map, inputs.keySet(), stepReader.names(), steps);
        checkEntrances(places, session);
        Optional<String> entry = entry(map, steps, session, stepReader);
        checkAllSet(map, scope, outputs, variables);
        Optional<String> description =
                Optional.ofNullable(map.get("description")).map(v -> v.text("'description'"));
        if (!problems.isEmpty() || name == null || version == null || hosts == null) {
            return Optional.empty();
        }
        return Optional.of(new Flow(
                name,
                version,
                description,
                definition,
                site,
                hosts,
                block,
                inputs,
                outputs,
                variables,
                context,
                session,
                budget,
                timeout,
                entry,
                steps));
    }

    private static @Nullable String name(YamlMap map) {
        YamlValue value = map.required("flow", "the name that jobs call it by");
        String name = value == null ? null : value.filled("the flow's name");
        if (name != null && value != null && !Flow.NAME.matcher(name).matches()) {
            value.problem("'" + name + "' is not a flow name: write lower-case letters, digits, '.', '_' and '-'");
        }
        return name;
    }

    private static @Nullable Integer version(YamlMap map) {
        YamlValue value = map.required("version", "a whole number from 1, raised with every change");
        return value == null ? null : value.integer("'version'", 1, Integer.MAX_VALUE);
    }

    private static @Nullable HostPolicy hosts(YamlMap map) {
        YamlValue value = map.required(
                "allowedHosts", "the hosts that its pages may go to, as in allowedHosts: [portal.example]");
        if (value == null) {
            return null;
        }
        List<HostPattern> patterns = new ArrayList<>();
        List<YamlValue> items = value.list("'allowedHosts'");
        if (value.isList() && items.isEmpty()) {
            value.problem("'allowedHosts' must name at least one host, as in [portal.example]");
        }
        for (YamlValue item : items) {
            HostPattern pattern = item.parsed("'allowedHosts'", HostPattern::parse);
            if (pattern != null) {
                patterns.add(pattern);
            }
        }
        return patterns.isEmpty() ? null : new HostPolicy(patterns);
    }

    private static Set<Blocked> block(YamlMap map) {
        YamlValue value = map.get("block");
        Set<Blocked> block = EnumSet.noneOf(Blocked.class);
        for (YamlValue item : value == null ? List.<YamlValue>of() : value.list("'block'")) {
            Blocked kind = item.parsed("'block'", Blocked::parse);
            if (kind != null) {
                block.add(kind);
            }
        }
        return block;
    }

    private static Optional<Template> site(YamlMap map, Map<String, InputSpec> inputs, @Nullable HostPolicy hosts) {
        YamlValue value = map.get("site");
        Template site = value == null || value.filled("'site'") == null
                ? null
                : Scope.ofInputs(inputs.keySet()).template(value, "'site'");
        if (site == null || value == null) {
            return Optional.empty();
        }
        if (site.isLiteral() && !site.raw().matches("(?i)https?://[^/\\s]+(/.*)?")) {
            value.problem("'" + site.raw() + "' is not a base URL: write https://portal.example");
        } else if (site.isLiteral() && hosts != null && !hosts.permits(site.raw())) {
            value.problem("'site': " + hosts.refusal(site.raw()));
        }
        return Optional.of(site);
    }

    private static Map<String, OutputSpec> shapes(
            YamlMap map, Map<String, OutputSpec> outputs, Map<String, OutputSpec> variables) {
        Map<String, OutputSpec> shapes = new LinkedHashMap<>(variables);
        shapes.putAll(outputs);
        YamlValue declared = map.get("variables");
        for (String variable : variables.keySet()) {
            if (outputs.containsKey(variable) && declared != null) {
                declared.problem("'" + variable + "' is declared under 'outputs' too: remove it here");
            }
        }
        return shapes;
    }

    /** The steps, each with where it stands. */
    private static Map<Step, YamlValue> steps(YamlMap map, StepReader reader) {
        Map<Step, YamlValue> steps = new LinkedHashMap<>();
        YamlValue value = map.required("steps", "the list of steps");
        if (value == null) {
            return steps;
        }
        List<YamlValue> items = value.list("'steps'");
        if (value.isList() && items.isEmpty()) {
            value.problem("'steps' must hold at least one step");
        }
        for (YamlValue item : items) {
            Step step = reader.read(item);
            if (step != null) {
                steps.put(step, item);
            }
        }
        return steps;
    }

    private static Duration timeout(YamlMap map, Optional<Duration> budget) {
        Optional<Duration> timeout = duration(map, "timeout");
        if (timeout.isPresent() && budget.isPresent() && timeout.get().compareTo(budget.get()) < 0) {
            map.problemAt(
                    "timeout",
                    "the flow's timeout is shorter than its budget: the budget is the p95 target, the"
                            + " timeout the hard limit above it");
        }
        Duration least = budget.map(target -> target.multipliedBy(2)).orElse(Duration.ZERO);
        return timeout.orElse(least.compareTo(Flow.DEFAULT_TIMEOUT) > 0 ? least : Flow.DEFAULT_TIMEOUT);
    }

    /**
     * A step that may be passed over leaves the page wherever it was, so the one after it has to open the page that it
     * works on.
     */
    private static void checkEntrances(Map<Step, YamlValue> places, Optional<SessionRule> session) {
        Optional<String> login = session.flatMap(SessionRule::login);
        String passedOver = "";
        for (Map.Entry<Step, YamlValue> place : places.entrySet()) {
            Step step = place.getKey();
            if (!passedOver.isEmpty() && !step.opensItsPage()) {
                place.getValue()
                        .problem("step '" + step.name() + "' must begin with 'navigate': " + passedOver
                                + ", and then the page is not where that step would have left it");
            }
            if (passedOver.startsWith(LOGIN) && step.effect() == Effect.ONCE) {
                place.getValue()
                        .problem("step '" + step.name() + "' has 'effect: once' and follows the login directly: by then"
                                + " nothing has shown whether the session is still logged in; let a step that reads come"
                                + " between");
            }
            passedOver = login.filter(step.name()::equals).isPresent()
                    ? LOGIN + step.name() + "' is passed over in a session that is logged in"
                    : step.cache().isPresent() ? "the result of '" + step.name() + "' may come from the cache" : "";
        }
    }

    /**
     * The step that a resumed job enters through: a context does not survive its worker, so most flows must at least
     * open the site again. Where the flow does not say, it is the login of its session, else its first step if that is
     * safe.
     */
    private static Optional<String> entry(
            YamlMap map, List<Step> steps, Optional<SessionRule> session, StepReader reader) {
        Optional<String> declared = stepName(map, "entry", reader.names());
        Optional<Step> step = declared.flatMap(
                name -> steps.stream().filter(s -> s.name().equals(name)).findFirst());
        if (step.isPresent() && !step.get().effect().isSafe()) {
            map.problemAt(
                    "entry",
                    "step '" + step.get().name() + "' has 'effect: once' and must not be the entry: a"
                            + " resumed job would run it again");
        }
        if (map.has("entry")) {
            return declared;
        }
        Optional<String> login = session.flatMap(SessionRule::login);
        return steps.stream()
                .filter(s -> s.effect().isSafe())
                .map(Step::name)
                .filter(name ->
                        login.map(name::equals).orElse(name.equals(steps.get(0).name())))
                .findFirst();
    }

    static Optional<String> stepName(YamlMap map, String key, Set<String> steps) {
        YamlValue value = map.get(key);
        String name = value == null ? null : value.filled("'" + key + "'");
        if (name == null || value == null) {
            return Optional.empty();
        }
        if (!steps.contains(name)) {
            value.problem("'" + key + "': there is no step '" + name + "'" + Suggestions.hint(name, steps));
        }
        return Optional.of(name);
    }

    private static void checkAllSet(
            YamlMap map, Scope scope, Map<String, OutputSpec> outputs, Map<String, OutputSpec> variables) {
        checkAllSet(map.get("outputs"), "output", scope, outputs);
        checkAllSet(map.get("variables"), "variable", scope, variables);
    }

    private static void checkAllSet(
            @Nullable YamlValue declared, String kind, Scope scope, Map<String, OutputSpec> shapes) {
        YamlMap names = declared == null || !declared.isMap() ? null : declared.names(kind);
        if (names == null) {
            return;
        }
        for (String name : shapes.keySet()) {
            if (!scope.isSet(name)) {
                names.problemAt(
                        name,
                        "the " + kind + " '" + name + "' is never extracted: extract it in a step, or"
                                + " remove it here");
            }
        }
    }

    static Optional<Duration> duration(YamlMap map, String key) {
        YamlValue value = map.get(key);
        return value == null ? Optional.empty() : Optional.ofNullable(value.duration("'" + key + "'"));
    }
}
