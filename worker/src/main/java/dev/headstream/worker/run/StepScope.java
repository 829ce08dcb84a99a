package dev.headstream.worker.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.microsoft.playwright.Frame;
import dev.headstream.pipeline.Job;
import dev.headstream.v1.Artifact;
import dev.headstream.worker.browser.LaneSession;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.OutputSpec;
import dev.headstream.worker.flow.Reference;
import dev.headstream.worker.flow.Selector;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.flow.Template;
import dev.headstream.worker.secret.Masking;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a step has to work with: its job, the page, the values set so far. One object for each run of a step. */
public final class StepScope {
    private static final int MOST_ITEMS = 100_000;

    private final FlowRunner runner;
    private final Flow flow;
    private final Job job;
    private final Step step;
    private final LaneSession session;
    private final Variables variables;
    private final TimeLimit limit;
    private final HostWatch hosts;
    private final List<Artifact> artifacts;
    private final Masked masked;
    private final Login login;
    private final Camera camera;
    private final boolean reentry;
    private final Map<String, JsonNode> set = new LinkedHashMap<>();
    private Optional<String> lastSelector = Optional.empty();
    private Optional<Frame> lastFrame = Optional.empty();
    private Optional<String> suggestion = Optional.empty();
    private String current = "its beginning";
    private Traffic traffic = Traffic.UNSEEN;
    private boolean expectsDownload;

    /** @param reentry whether the step is run for where it leads, not for its values, which are there already */
    StepScope(FlowRun run, Step step, TimeLimit limit, boolean reentry) {
        this.runner = run.runner();
        this.flow = run.flow();
        this.job = run.job();
        this.session = run.session();
        this.variables = run.variables();
        this.hosts = run.hosts();
        this.artifacts = run.artifacts();
        this.masked = run.masked();
        this.login = run.login();
        this.camera = run.camera();
        this.reentry = reentry;
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

    /**
     * What a reference stands for, and of a one-time code what it is made of: equal references are equal here. A secret is
     * there as itself: it must not be kept as such.
     */
    public String value(Reference reference) {
        return variables.identity(reference, step.name());
    }

    /** What jobs that share a session have in common; empty if the flow has no sessions. */
    public Optional<String> sessionKey() {
        return runner.sessionKey(flow, job.request());
    }

    /** What the steps before this one refer to, as a digest: equal ones lead two jobs to the same page. */
    public String wayHere() {
        return runner.wayTo(step, flow, job.request());
    }

    /** Whether the step is run for where it leads and not for its values: a page that came before has to be had again. */
    public boolean isReentry() {
        return reentry;
    }

    /** Whether the page may be what it is because a session that an earlier job left has ended without a sign. */
    public boolean isWarm() {
        return login.use() == SessionUse.WARM;
    }

    /** What is left of the step's time; never negative. */
    public Duration remaining() {
        return limit.remaining();
    }

    /** A value without the secrets that this run has used, as it may leave the job. */
    public JsonNode masked(JsonNode value) {
        return masked.json(value);
    }

    /** A text without the secrets that this run has used. */
    public String masked(String text) {
        return masked.text(text);
    }

    /**
     * Whether a value shows a secret, in a name of it too: one that this run has used, or any other of the flow, which a
     * page may show as well. What stands where a secret was taken out before counts as one.
     */
    public boolean showsSecret(JsonNode value) {
        Masking all = new Masking();
        variables.learnSecrets(all);
        String text = value.toString();
        return text.contains(Masking.MASK)
                || !masked.json(value).equals(value)
                || !new Masked(all).json(value).equals(value)
                || !masked.text(all.mask(text)).equals(text);
    }

    /** A selector's variants in Playwright's language; the first is noted, until another turns out to be the one. */
    List<String> render(Selector selector) {
        List<String> rendered = selector.render(reference -> variables.resolve(reference, step.name()));
        uses(rendered.get(0));
        return rendered;
    }

    /** Notes the selector that is used. */
    void uses(String selector) {
        lastSelector = Optional.of(selector);
    }

    /** The selector that was rendered last, to look what it finds when an action fails. */
    Optional<String> lastSelector() {
        return lastSelector;
    }

    /** Notes what begins, for messages to name. */
    public void begin(String action) {
        current = action;
        lastSelector = Optional.empty();
        suggestion = Optional.empty();
    }

    /** Notes which document an action is done in. */
    void beginIn(Frame frame) {
        lastFrame = Optional.of(frame);
    }

    /** Notes what is closest to a selector that finds nothing. */
    void suggest(String selector) {
        suggestion = Optional.of(selector);
    }

    /** The element that the last action is about; where there is none, what is closest to it. */
    Optional<Camera.Suspect> suspect() {
        Frame frame = lastFrame.orElseGet(() -> session.page().mainFrame());
        return suggestion
                .map(selector -> new Camera.Suspect(frame.locator(selector), true))
                .or(() -> lastSelector.map(selector -> new Camera.Suspect(frame.locator(selector), false)));
    }

    /** The action that was begun last. */
    String current() {
        return current;
    }

    /** Begins to see the requests of the step. */
    Traffic watchTraffic() {
        traffic = Traffic.of(session.context());
        return traffic;
    }

    Traffic traffic() {
        return traffic;
    }

    Login login() {
        return login;
    }

    Camera camera() {
        return camera;
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

    /** The name, or one made of it that no artifact of this job has yet. */
    String unusedName(String name) {
        String unused = name;
        for (int number = 2; isUsed(unused); number++) {
            int dot = name.lastIndexOf('.');
            unused = dot > 0 ? name.substring(0, dot) + "-" + number + name.substring(dot) : name + "-" + number;
        }
        return unused;
    }

    private boolean isUsed(String name) {
        return artifacts.stream().anyMatch(artifact -> artifact.getName().equals(name));
    }

    /** Adds items to what this run of the step has of them already. */
    void add(String name, JsonNode items) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        if (set.get(name) instanceof ArrayNode before) {
            all.addAll(before);
        }
        items.forEach(all::add);
        if (all.size() > MOST_ITEMS) {
            throw new StepFailureException(
                    FailureKind.OUTPUT_INVALID, name + " has more than " + MOST_ITEMS + " items: repeat less often");
        }
        set(name, all);
    }

    /** Makes sure that a list is there, though nothing may come to be added. */
    void begin(String name, OutputSpec shape) {
        if (shape.isMany() && !set.containsKey(name)) {
            set(name, JsonNodeFactory.instance.arrayNode());
        }
    }

    /** Sets an output or variable, for later actions of this step too. */
    void set(String name, JsonNode value) {
        set.put(name, value);
        variables.set(step.name(), Map.of(name, value));
    }

    /** Whether a page that turns out to be a file is what the action wants. */
    boolean expectsDownload() {
        return expectsDownload;
    }

    void expectDownload(boolean expected) {
        expectsDownload = expected;
    }

    Map<String, JsonNode> values() {
        return set;
    }
}
