package dev.headstream.worker.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.headstream.worker.secret.Masking;

/** Takes secrets out of values: a page may show what was typed into it. */
final class Masked {
    private final Masking masking;

    Masked(Masking masking) {
        this.masking = masking;
    }

    String text(String text) {
        return masking.mask(text);
    }

    JsonNode json(JsonNode value) {
        if (value.isTextual()) {
            return TextNode.valueOf(masking.mask(value.asText()));
        }
        if (value.isArray()) {
            ArrayNode items = JsonNodeFactory.instance.arrayNode(value.size());
            value.forEach(item -> items.add(json(item)));
            return items;
        }
        if (value.isObject()) {
            ObjectNode fields = JsonNodeFactory.instance.objectNode();
            value.properties().forEach(field -> fields.set(field.getKey(), json(field.getValue())));
            return fields;
        }
        return value;
    }
}
