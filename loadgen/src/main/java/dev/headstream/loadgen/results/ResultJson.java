package dev.headstream.loadgen.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headstream.v1.JobResult;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * A result as one line of JSON: the names and the order of the Avro schema, enums by name, instants in ISO-8601, fields that
 * are null left out. One name differs: {@code outputJson}, which is JSON inside a string, becomes the object {@code output}.
 */
public final class ResultJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private ResultJson() {}

    /** The result without line breaks. */
    public static String line(JobResult result) {
        try {
            return JSON.writeValueAsString(node(result));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree of plain nodes can always be written", impossible);
        }
    }

    /** An output for people, with indentation; as it is if it should be no JSON. */
    static String pretty(String outputJson) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.readTree(outputJson));
        } catch (JsonProcessingException noJson) {
            return outputJson;
        }
    }

    private static ObjectNode node(IndexedRecord record) {
        ObjectNode node = NODES.objectNode();
        for (Schema.Field field : record.getSchema().getFields()) {
            Object value = record.get(field.pos());
            if (value == null) {
                continue;
            }
            if (field.name().equals("outputJson")) {
                node.set("output", output(value.toString()));
            } else {
                node.set(field.name(), node(value));
            }
        }
        return node;
    }

    private static JsonNode node(@Nullable Object value) {
        if (value instanceof IndexedRecord nested) {
            return node(nested);
        }
        if (value instanceof List<?> items) {
            ArrayNode array = NODES.arrayNode();
            items.forEach(item -> array.add(node(item)));
            return array;
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = NODES.objectNode();
            map.forEach((key, item) -> object.set(String.valueOf(key), node(item)));
            return object;
        }
        if (value instanceof Instant instant) {
            return NODES.textNode(instant.toString());
        }
        if (value instanceof Number number) {
            return NODES.numberNode(number.longValue());
        }
        if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        }
        return NODES.textNode(String.valueOf(value));
    }

    private static JsonNode output(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException noJson) {
            return NODES.textNode(json);
        }
    }
}
