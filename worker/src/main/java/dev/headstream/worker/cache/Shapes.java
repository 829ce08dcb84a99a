package dev.headstream.worker.cache;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.OutputSpec;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.flow.ValueType;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Whether values from outside are such as a step of a flow may set. Pure. */
final class Shapes {
    private Shapes() {}

    /**
     * Nothing that the step does not set, all that it sets and that is not optional, and each in its shape. A step that sets
     * what is required only in some cases is no exception: in the others its result is not taken.
     */
    static boolean fit(Flow flow, Step step, JsonNode values) {
        Set<String> sets = step.sets().collect(Collectors.toSet());
        return values.isObject()
                && values.properties().stream().allMatch(value -> sets.contains(value.getKey()))
                && sets.stream().allMatch(name -> fits(flow, name, values.get(name)));
    }

    private static boolean fits(Flow flow, String name, @Nullable JsonNode value) {
        return flow.shapeOf(name)
                .filter(shape -> (value == null || value.isNull()) ? shape.optional() : fits(shape, value))
                .isPresent();
    }

    private static boolean fits(OutputSpec shape, JsonNode value) {
        if (shape instanceof OutputSpec.Value one) {
            return fits(one.type(), value);
        }
        if (shape instanceof OutputSpec.Values many) {
            return each(value, many.minItems(), item -> fits(many.items(), item));
        }
        if (shape instanceof OutputSpec.Records records) {
            return each(value, records.minItems(), item -> fits(records.fields(), item));
        }
        if (shape instanceof OutputSpec.Table table) {
            return each(
                    value,
                    table.minItems(),
                    row -> table.columns().isEmpty() ? row.isObject() : fits(table.columns(), row));
        }
        return true;
    }

    private static boolean fits(Map<String, ValueType> fields, JsonNode value) {
        return value.isObject()
                && value.properties().stream().allMatch(field -> fields.containsKey(field.getKey()))
                && fields.entrySet().stream().allMatch(field -> fits(field.getValue(), value.get(field.getKey())));
    }

    private static boolean fits(ValueType type, @Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            return type.optional();
        }
        return switch (type.scalar()) {
            case STRING -> value.isTextual();
            case INTEGER -> value.isIntegralNumber();
            case DECIMAL -> value.isNumber();
            case BOOLEAN -> value.isBoolean();
            case DATE -> value.isTextual() && isDate(value.asText());
        };
    }

    private static boolean each(JsonNode value, int minItems, Predicate<JsonNode> item) {
        return value.isArray()
                && value.size() >= minItems
                && StreamSupport.stream(value.spliterator(), false).allMatch(item);
    }

    private static boolean isDate(String text) {
        try {
            return LocalDate.parse(text).toString().equals(text);
        } catch (DateTimeException e) {
            return false;
        }
    }
}
