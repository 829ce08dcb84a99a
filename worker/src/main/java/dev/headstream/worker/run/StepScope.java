package dev.headstream.worker.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headstream.pipeline.Job;
import dev.headstream.v1.Artifact;
import dev.headstream.worker.browser.LaneSession;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.Selector;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.flow.Template;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a step has to work with: its job, the page, the values set so far. One object for each run of a step. */
public final class StepScope {
    private final Flow flow;
    private final Job job;
    private final Step step;
    private final LaneSession session;
    private final Variables variables;
    private final TimeLimit limit;
    private final HostWatch hosts;
    private final List<Artifact> artifacts;
    private final Map<String, JsonNode> set = new LinkedHashMap<>();
    private Optional<String> lastSelector = Optional.empty();
    private String current = "its beginning";

    StepScope(FlowRun run, Step step, TimeLimit limit) {
        this.flow = run.flow();
        this.job = run.job();
        this.session = run.session();
        this.variables = run.variables();
        this.hosts = run.hosts();
        this.artifacts = run.artifacts();
        this.step = step;
        this.limit = limit;
    }

    /** The flow that runs. */
    public Flow flow() {
        return flow;
    }

    /** The job that it runs for. */
    public Job job() {
        return job;
    }

    /** A template's text with its references replaced. */
    public String render(Template template) {
        return template.render(reference -> variables.resolve(reference, step.name()));
    }

    String render(Selector selector) {
        String rendered = selector.render(reference -> variables.resolve(reference, step.name()));
        lastSelector = Optional.of(rendered);
        return rendered;
    }

    /** The selector that was rendered last, to look what it finds when an action fails. */
    Optional<String> lastSelector() {
        return lastSelector;
    }

    /** Notes the action that begins. */
    void begin(String action) {
        current = action;
        lastSelector = Optional.empty();
    }

    /** The action that was begun last. */
    String current() {
        return current;
    }

    LaneSession session() {
        return session;
    }

    TimeLimit limit() {
        return limit;
    }

    HostWatch hosts() {
        return hosts;
    }

    void add(Artifact artifact) {
        artifacts.removeIf(earlier -> earlier.getName().equals(artifact.getName()));
        artifacts.add(artifact);
    }

    /** Sets an output or variable, for later actions of this step too. */
    void set(String name, JsonNode value) {
        set.put(name, value);
        variables.set(step.name(), Map.of(name, value));
    }

    Map<String, JsonNode> values() {
        return set;
    }
}
