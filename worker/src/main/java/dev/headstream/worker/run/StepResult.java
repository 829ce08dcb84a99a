package dev.headstream.worker.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headstream.v1.StepOutcome;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a step came to.
 *
 * @param outcome how its values came to be
 * @param values outputs and variables that it set, in the declared shapes
 */
public record StepResult(StepOutcome outcome, Map<String, JsonNode> values) {
    public StepResult {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
}
