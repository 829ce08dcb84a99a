package dev.headstream.worker.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.StepOutcome;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowCatalog;
import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.run.FlowRunner;
import dev.headstream.worker.run.StepResult;
import dev.headstream.worker.run.StepScope;
import dev.headstream.worker.run.UnseenSession;
import dev.headstream.worker.secret.SecretReferences;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A flow whose one cached step does what a test says, run by the real runner on a page that is never looked at. */
public final class CachedFlow {
    /** What a step does instead of looking at a page. */
    interface Body {
        Map<String, JsonNode> run(StepScope scope);
    }

    public final AtomicInteger runs = new AtomicInteger();
    private final Flow flow;
    private final FlowRunner runner;
    private volatile Body body = scope -> Map.of("hits", TextNode.valueOf("hits of run " + runs.get()));

    private CachedFlow(Flow flow, StepCache cache, Map<String, String> secrets) {
        this.flow = flow;
        this.runner = FlowRunner.builder(new SecretReferences(secrets, null), (job, name, type, bytes) -> {
                    throw new AssertionError("no file is made");
                })
                .around(unused -> cache.around(this::run))
                .build();
    }

    /** @param rule the inside of the step's {@code cache} */
    static CachedFlow of(StepCache cache, String rule) {
        return of(cache, 1, rule, "");
    }

    static CachedFlow of(StepCache cache, int version, String rule, String head) {
        return parsed(cache, text(version, rule, head));
    }

    /** One whose step refers to no secret, though it may show one that an earlier step used. */
    public static CachedFlow withoutSecret(StepCache cache, String rule) {
        return parsed(cache, text(1, rule, "").replace(" ${secret:pin}", ""));
    }

    /** The same as {@link #withoutSecret} but for where its step looks. */
    static CachedFlow edited(StepCache cache, String rule) {
        return parsed(cache, text(1, rule, "").replace(" ${secret:pin}", "").replace("\"#hits\"", "\"#all-hits\""));
    }

    /** One that logs in first, with the account and the secret. */
    static CachedFlow withLogin(StepCache cache, String rule) {
        String login =
                """
                steps:
                  - name: login
                    effect: idempotent
                    do:
                      - navigate: "/login/${inputs.account}"
                      - fill: {selector: "#pin", value: "${secret:pin}"}
                """;
        return parsed(cache, text(1, rule, "").replace(" ${secret:pin}", "").replace("steps:\n", login));
    }

    /** One whose step has this much time. */
    static CachedFlow withTimeout(StepCache cache, String rule, String timeout) {
        return parsed(cache, text(1, rule, "").replace("timeout: 50s", "timeout: " + timeout));
    }

    /** The same flow, as another worker has it. */
    public CachedFlow at(StepCache other) {
        return new CachedFlow(flow, other, Map.of("HEADSTREAM_SECRET_PIN", "1234"));
    }

    /** What a worker has that has this flow. */
    public FlowCatalog catalog() {
        return FlowCatalog.of(List.of(flow));
    }

    private static CachedFlow parsed(StepCache cache, String text) {
        return new CachedFlow(FlowFiles.parse("cached.yaml", text), cache, Map.of("HEADSTREAM_SECRET_PIN", "1234"));
    }

    private static String text(int version, String rule, String head) {
        return """
                flow: cached
                version: %d
                site: "https://${inputs.region}.portal.example"
                allowedHosts: ["*.portal.example"]
                inputs: {query: string, region: {type: string, default: eu}, account: {type: string, default: main}}
                outputs: {hits: string}
                %s
                steps:
                  - name: search
                    effect: read
                    timeout: 50s
                    cache: {%s}
                    do:
                      - navigate: /search
                      - fill: {selector: "#q", value: "${inputs.query} ${secret:pin}"}
                      - extract: {hits: "#hits"}
                  - name: look
                    effect: read
                    do: [{navigate: /}]
                """
                .formatted(version, head, rule);
    }

    CachedFlow withSecret(StepCache cache, String pin) {
        return new CachedFlow(flow, cache, Map.of("HEADSTREAM_SECRET_PIN", pin));
    }

    CachedFlow does(Body what) {
        body = what;
        return this;
    }

    private StepResult run(Step step, StepScope scope) {
        if (!step.name().equals("search")) {
            return new StepResult(StepOutcome.RAN, Map.of());
        }
        runs.incrementAndGet();
        return new StepResult(StepOutcome.RAN, body.run(scope));
    }

    public Outcome run(String query) {
        return run(Map.of("query", query), Map.of(), JobProgress.inMemory());
    }

    /** In a session that a job before left. */
    Outcome runWarm(String query) {
        return run(Map.of("query", query), Map.of(), JobProgress.inMemory(), UnseenSession.warm("{}"));
    }

    public Outcome run(Map<String, String> inputs, Map<String, String> labels, JobProgress progress) {
        return run(inputs, labels, progress, UnseenSession.cold());
    }

    private Outcome run(
            Map<String, String> inputs, Map<String, String> labels, JobProgress progress, UnseenSession session) {
        JobRequested request =
                new JobRequested("job", flow.name(), inputs, null, null, 3, labels, Instant.EPOCH, false);
        Job job = new Job("job", null, request, new Job.Position("jobs", 0, 0, 0), 1, null, progress);
        return runner.run(flow, job, session);
    }

    public static StepOutcome searchOf(Outcome outcome) {
        return outcome.trace().steps().get(0).getOutcome();
    }
}
