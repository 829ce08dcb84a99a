package dev.headstream.worker.cache;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headstream.v1.StepOutcome;
import dev.headstream.worker.run.FailureKind;
import dev.headstream.worker.run.StepFailureException;
import dev.headstream.worker.run.StepResult;
import dev.headstream.worker.run.StepScope;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is kept of a run of a step. Immutable, without any secret that the run used, and as text because trees can change. */
sealed interface Memo {

    /** How long it is fresh. */
    Duration ttl();

    /** What is kept of it: values as JSON, or a message. */
    String text();

    /** What it takes in memory, about. */
    default int bytes() {
        return OVERHEAD + 2 * text().length();
    }

    /** The result as the job gets that did not run the step; throws where the result is a failure. */
    StepResult recall(ObjectMapper json, StepOutcome outcome);

    /** The values that a step set. */
    record Values(String text, Duration ttl) implements Memo {

        static Values of(StepResult result, StepScope scope, Duration ttl, ObjectMapper json) {
            ObjectNode values = json.createObjectNode();
            result.values().forEach((name, value) -> values.set(name, scope.masked(value)));
            return new Values(values.toString(), ttl);
        }

        @Override
        public StepResult recall(ObjectMapper mapper, StepOutcome outcome) {
            try {
                Map<String, JsonNode> values = new LinkedHashMap<>();
                mapper.readTree(text).properties().forEach(entry -> values.put(entry.getKey(), entry.getValue()));
                return new StepResult(outcome, values);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("what is kept was written by this class", e);
            }
        }
    }

    /** That the step fails. */
    record Failure(FailureKind kind, String text, Duration ttl) implements Memo {
        @Override
        public StepResult recall(ObjectMapper mapper, StepOutcome outcome) {
            throw new StepFailureException(kind, text + " (as it was for an earlier job)");
        }
    }

    /** Of an entry, beside its text and the text of its key. */
    int OVERHEAD = 400;
}
