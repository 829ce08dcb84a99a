package dev.headstream.worker.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.v1.CompletedStep;
import dev.headstream.worker.browser.LaneSession;
import dev.headstream.worker.flow.Effect;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * What a run records of its job, and waits for where it must: before and after a step that runs once. Confined to the
 * lane's thread, on which waiting is permitted.
 */
final class Checkpoints {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration LEAST_TIMEOUT = Duration.ofSeconds(1);

    private final Flow flow;
    private final JobProgress progress;
    private final LaneSession session;
    private final Masked masked;
    private final ObjectMapper json;

    Checkpoints(Flow flow, JobProgress progress, LaneSession session, Masked masked, ObjectMapper json) {
        this.flow = flow;
        this.progress = progress;
        this.session = session;
        this.masked = masked;
        this.json = json;
    }

    /** What an earlier attempt, or a job before in the session, found out. */
    Map<String, JsonNode> values(String outputs) throws JsonProcessingException {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        json.readTree(outputs).properties().forEach(entry -> values.put(entry.getKey(), entry.getValue()));
        return values;
    }

    /** Makes it durable that the step is about to begin; otherwise says why it could not. */
    Optional<String> intend(Step step, Duration left) {
        return await(
                progress.intend(step.name(), flow.version()),
                min(left, TIMEOUT),
                "the intent of step '" + step.name() + "' was not recorded, so it was not begun");
    }

    /** Records that the step is done; if it runs once waits for that, and otherwise says why it could not. */
    Optional<String> complete(Step step, Map<String, JsonNode> values, Instant startedAt, long took) {
        ObjectNode outputs = json.createObjectNode();
        values.forEach((name, value) -> outputs.set(name, masked.json(value)));
        long budget = step.budget().map(Duration::toMillis).orElse(0L);
        CompletedStep completed =
                new CompletedStep(step.name(), values.isEmpty() ? null : outputs.toString(), startedAt, took, budget);
        Mono<Void> recorded = progress.complete(
                completed, flow.version(), step.saveState() ? session.context().storageState() : null);
        Duration wait = min(session.remaining(), TIMEOUT);
        return step.effect() == Effect.ONCE
                ? await(
                        recorded,
                        wait.compareTo(LEAST_TIMEOUT) < 0 ? LEAST_TIMEOUT : wait,
                        "the end of step '" + step.name() + "' was not recorded")
                : Optional.empty();
    }

    private static Optional<String> await(Mono<Void> checkpoint, Duration timeout, String otherwise) {
        try {
            checkpoint.block(timeout);
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(otherwise + ": " + e.getMessage());
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
