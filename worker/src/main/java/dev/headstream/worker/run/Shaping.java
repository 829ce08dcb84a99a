package dev.headstream.worker.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.headstream.worker.flow.OutputSpec;
import dev.headstream.worker.flow.ScalarType;
import dev.headstream.worker.flow.ValueType;
import java.math.BigDecimal;
import java.text.DecimalFormatSymbols;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns what was read from a page into what the flow declares, or says what does not fit. Pure.
 *
 * <p>A number may stand in other text ({@code EUR 1,234.50}) but there must be just one; its separators are those of the
 * declared locale, with spaces and apostrophes between groups of three allowed everywhere.
 */
final class Shaping {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int SHOWN_LENGTH = 60;

    private Shaping() {}

    /**
     * The value in its declared shape.
     *
     * @throws IllegalArgumentException saying where it does not fit and what was found
     */
    static JsonNode shape(String name, OutputSpec spec, JsonNode raw) {
        if (raw.isNull() && spec.optional()) {
            return NullNode.instance;
        }
        if (spec instanceof OutputSpec.Value value) {
            return scalar(name, value.type(), raw);
        }
        if (spec instanceof OutputSpec.Values values) {
            return each(name, raw, values.minItems(), (place, item) -> scalar(place, values.items(), item));
        }
        if (spec instanceof OutputSpec.Records records) {
            return each(name, raw, records.minItems(), (place, item) -> fields(place, records.fields(), item));
        }
        if (spec instanceof OutputSpec.Table table) {
            return each(name, raw, table.minItems(), (place, item) -> row(place, table.columns(), item));
        }
        if (raw.isNull()) {
            throw new IllegalArgumentException(name + " is null");
        }
        return raw;
    }

    private interface ItemShape {
        JsonNode shape(String place, JsonNode item);
    }

    private static JsonNode each(String name, JsonNode raw, int minItems, ItemShape shape) {
        if (!raw.isArray()) {
            throw new IllegalArgumentException(name + " must be a list, found " + shown(raw));
        }
        if (raw.size() < minItems) {
            throw new IllegalArgumentException(
                    name + " has " + raw.size() + " items, at least " + minItems + " are declared");
        }
        ArrayNode items = NODES.arrayNode(raw.size());
        for (int i = 0; i < raw.size(); i++) {
            items.add(shape.shape(name + "[" + i + "]", raw.get(i)));
        }
        return items;
    }

    private static JsonNode row(String place, Map<String, ValueType> columns, JsonNode row) {
        return columns.isEmpty() && row.isObject() ? row : fields(place, columns, row);
    }

    private static JsonNode fields(String place, Map<String, ValueType> fields, JsonNode raw) {
        if (!raw.isObject()) {
            throw new IllegalArgumentException(place + " must be a record, found " + shown(raw));
        }
        ObjectNode shaped = NODES.objectNode();
        fields.forEach((field, type) -> {
            JsonNode value = raw.get(field);
            if (value == null && !type.optional()) {
                List<String> present = new ArrayList<>();
                raw.fieldNames().forEachRemaining(present::add);
                throw new IllegalArgumentException(
                        place + " has no '" + field + "', it has " + String.join(", ", present));
            }
            shaped.set(field, scalar(place + "." + field, type, value == null ? NullNode.instance : value));
        });
        return shaped;
    }

    private static JsonNode scalar(String place, ValueType type, JsonNode raw) {
        boolean blank = raw.isNull() || (raw.isTextual() && raw.asText().isBlank());
        if (raw.isNull() || (blank && type.scalar() != ScalarType.STRING)) {
            if (type.optional()) {
                return NullNode.instance;
            }
            throw new IllegalArgumentException(place + " is " + (raw.isNull() ? "missing" : "empty") + ": expected "
                    + word(type.scalar()) + "; declare it as optional if it may be");
        }
        if (!raw.isValueNode()) {
            throw new IllegalArgumentException(place + " must be " + word(type.scalar()) + ", found " + shown(raw));
        }
        Locale locale = raw.isNumber() ? Locale.ROOT : type.locale();
        String text = raw.isNumber() ? raw.decimalValue().toPlainString() : raw.asText();
        return switch (type.scalar()) {
            case STRING -> TextNode.valueOf(text);
            case INTEGER -> integer(place, text, locale);
            case DECIMAL -> DecimalNode.valueOf(number(place, text, locale, "a decimal number"));
            case BOOLEAN -> bool(place, text);
            case DATE -> TextNode.valueOf(date(place, text, type).toString());
        };
    }

    private static JsonNode integer(String place, String text, Locale locale) {
        BigDecimal number = number(place, text, locale, "an integer").stripTrailingZeros();
        if (number.scale() > 0) {
            throw new IllegalArgumentException(place + ": '" + cut(text) + "' is not an integer");
        }
        return number.precision() - number.scale() <= 18
                ? LongNode.valueOf(number.longValueExact())
                : BigIntegerNode.valueOf(number.toBigIntegerExact());
    }

    private static BigDecimal number(String place, String text, Locale locale, String expected) {
        DecimalFormatSymbols symbols = DecimalFormatSymbols.getInstance(locale);
        String decimal = Pattern.quote(String.valueOf(symbols.getDecimalSeparator()));
        String group =
                "[ \\u00a0\\u202f'\\u2019" + Matcher.quoteReplacement("\\" + symbols.getGroupingSeparator()) + "]";
        Pattern form =
                Pattern.compile("[-+\\u2212]?(\\d{1,3}(" + group + "\\d{3})+(?!\\d)|\\d+)(" + decimal + "\\d+)?");
        Matcher matcher = form.matcher(text);
        String found = matcher.find() ? matcher.group() : "";
        String rest = text.replaceFirst(Pattern.quote(found), "");
        if (found.isEmpty() || rest.chars().anyMatch(Character::isDigit)) {
            throw new IllegalArgumentException(place + ": '" + cut(text) + "' is not " + expected);
        }
        String plain = found.replaceAll(group, "").replace('\u2212', '-');
        return new BigDecimal(plain.replace(symbols.getDecimalSeparator(), '.'));
    }

    private static JsonNode bool(String place, String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> BooleanNode.TRUE;
            case "false", "no", "off" -> BooleanNode.FALSE;
            default ->
                throw new IllegalArgumentException(
                        place + ": '" + cut(text) + "' is not a boolean (true, yes, on, false, no, off)");
        };
    }

    private static LocalDate date(String place, String text, ValueType type) {
        String stripped = text.strip();
        String format = type.format();
        try {
            return format == null
                    ? LocalDate.parse(stripped.length() > 10 ? stripped.replaceFirst("[T ].*", "") : stripped)
                    : LocalDate.parse(stripped, DateTimeFormatter.ofPattern(format, type.locale()));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    place + ": '" + cut(text) + "' is not a date of the form "
                            + (format == null ? "2026-01-31" : format),
                    e);
        }
    }

    private static String word(ScalarType type) {
        return type == ScalarType.INTEGER ? "an integer" : "a " + type.name().toLowerCase(Locale.ROOT);
    }

    private static String shown(JsonNode raw) {
        return raw.isNull() ? "nothing" : "'" + cut(raw.isTextual() ? raw.asText() : raw.toString()) + "'";
    }

    private static String cut(String text) {
        return text.length() > SHOWN_LENGTH ? text.substring(0, SHOWN_LENGTH) + "..." : text;
    }
}
