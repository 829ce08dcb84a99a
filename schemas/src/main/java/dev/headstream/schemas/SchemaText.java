package dev.headstream.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import org.apache.avro.Schema;

/**
 * The full text of a schema as its file has it: one line, without the {@code avro.java.string} properties that the Java
 * code generator adds. The text, not Avro's parsing canonical form, is what a contract is compared by: the canonical form
 * leaves out defaults, docs, aliases and logical types.
 */
final class SchemaText {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STRING_CLASS = "avro.java.string";

    private SchemaText() {}

    /** Compact JSON; equal for a file and for the class that was generated from it. */
    static String of(Schema schema) {
        try {
            return JSON.writeValueAsString(portable(JSON.readTree(schema.toString())));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("schema " + schema.getFullName() + " is not JSON", e);
        }
    }

    /** The schema that {@link #of} is the text of. */
    static Schema portable(Schema schema) {
        return new Schema.Parser().parse(of(schema));
    }

    /** Walks types only: defaults and docs are data and stay as they are. */
    private static JsonNode portable(JsonNode type) {
        if (type instanceof ArrayNode union) {
            ArrayNode branches = JSON.createArrayNode();
            union.forEach(branch -> branches.add(portable(branch)));
            return branches;
        }
        if (!(type instanceof ObjectNode original)) {
            return type;
        }
        ObjectNode copy = JSON.createObjectNode().setAll(original);
        copy.remove(STRING_CLASS);
        for (String child : List.of("type", "items", "values")) {
            if (copy.has(child)) {
                copy.set(child, portable(copy.get(child)));
            }
        }
        if (copy.get("fields") instanceof ArrayNode fields) {
            ArrayNode copies = JSON.createArrayNode();
            fields.forEach(field -> copies.add(portable(field)));
            copy.set("fields", copies);
        }
        boolean bare = copy.size() == 1 && copy.get("type") instanceof TextNode;
        return bare ? copy.get("type") : copy;
    }
}
