package dev.headstream.worker.flow;

import dev.headstream.worker.flow.yaml.YamlMap;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.math.BigDecimal;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the declarations of inputs, outputs and variables. */
final class SpecReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,62}");
    private static final Set<Shape> NOT_SCALAR = EnumSet.of(Shape.LIST, Shape.TABLE, Shape.JSON);
    private static final ValueType TEXT = ValueType.of(ScalarType.STRING);

    /** Types of an output, as the language writes them. */
    enum Shape {
        STRING,
        INTEGER,
        DECIMAL,
        BOOLEAN,
        DATE,
        LIST,
        TABLE,
        JSON
    }

    private interface SpecParser<T> {
        @Nullable
        T read(YamlValue value, String what);
    }

    private SpecReader() {}

    static Map<String, InputSpec> inputs(@Nullable YamlValue value) {
        return named(value, "inputs", SpecReader::input);
    }

    static Map<String, OutputSpec> outputs(@Nullable YamlValue value, String what) {
        return named(value, what, SpecReader::output);
    }

    private static <T> Map<String, T> named(@Nullable YamlValue value, String what, SpecParser<T> reader) {
        Map<String, T> specs = new LinkedHashMap<>();
        YamlMap map = value == null ? null : value.names("'" + what + "'");
        if (map == null) {
            return specs;
        }
        map.entries().forEach((name, entry) -> {
            if (!NAME.matcher(name).matches()) {
                map.problemAt(name, "'" + name + "' is not a name: write letters, digits and _, a letter first");
            }
            T spec = reader.read(entry, what + "." + name);
            if (spec != null) {
                specs.put(name, spec);
            }
        });
        return specs;
    }

    private static @Nullable InputSpec input(YamlValue value, String what) {
        if (value.isText()) {
            ScalarType type = value.oneOf("the type of " + what, ScalarType.class);
            return type == null ? null : inputOf(type);
        }
        YamlMap map = value.map(what, FlowKeys.INPUT);
        if (map == null) {
            return null;
        }
        YamlValue typeValue = map.required("type", "write string, integer, decimal, boolean or date");
        ScalarType type = typeValue == null ? null : typeValue.oneOf("the type of " + what, ScalarType.class);
        InputSpec spec = new InputSpec(
                type == null ? ScalarType.STRING : type,
                flag(map, "required"),
                Optional.ofNullable(map.get("default")).map(v -> v.text("'default'")),
                integer(map, "maxLength", 1, 1_000_000, InputSpec.DEFAULT_MAX_LENGTH),
                Optional.ofNullable(map.get("pattern")).map(v -> v.parsed("'pattern'", Pattern::compile)),
                oneOf(map),
                number(map, "min", type),
                number(map, "max", type));
        checkInput(map, what, spec);
        return spec;
    }

    private static void checkInput(YamlMap map, String what, InputSpec spec) {
        if (spec.defaultValue().isPresent()) {
            spec.problems(what, spec.defaultValue().get())
                    .forEach(problem -> map.problemAt("default", "the default does not fit: " + problem));
            if (spec.required()) {
                map.problemAt("default", what + " is required and has a default: remove one of the two");
            }
        }
        if (spec.min().isPresent()
                && spec.max().isPresent()
                && spec.min().get().compareTo(spec.max().get()) > 0) {
            map.problemAt(
                    "min",
                    "min " + spec.min().get() + " is larger than max "
                            + spec.max().get());
        }
    }

    private static InputSpec inputOf(ScalarType type) {
        return new InputSpec(
                type,
                false,
                Optional.empty(),
                InputSpec.DEFAULT_MAX_LENGTH,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    private static List<String> oneOf(YamlMap map) {
        YamlValue value = map.get("enum");
        List<String> allowed = new ArrayList<>();
        if (value == null) {
            return allowed;
        }
        for (YamlValue item : value.list("'enum'")) {
            String text = item.text("a value of 'enum'");
            if (text != null) {
                allowed.add(text);
            }
        }
        return allowed;
    }

    private static Optional<BigDecimal> number(YamlMap map, String key, @Nullable ScalarType type) {
        YamlValue value = map.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (type != null && type != ScalarType.INTEGER && type != ScalarType.DECIMAL) {
            map.problemAt(key, "'" + key + "' is for the types integer and decimal");
        }
        return Optional.ofNullable(value.parsed("'" + key + "'", text -> {
            try {
                return new BigDecimal(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + text + "' is not a number", e);
            }
        }));
    }

    private static @Nullable OutputSpec output(YamlValue value, String what) {
        if (value.isText()) {
            ShapeAndMark written = shape(value, what);
            return written == null ? null : bare(written, value, what);
        }
        YamlMap map = value.map(what, FlowKeys.OUTPUT);
        if (map == null) {
            return null;
        }
        YamlValue typeValue =
                map.required("type", "write string, integer, decimal, boolean, date, list, table or json");
        ShapeAndMark written = typeValue == null ? null : shape(typeValue, what);
        return written == null ? null : full(written, map, what);
    }

    private static @Nullable OutputSpec bare(ShapeAndMark written, YamlValue at, String what) {
        return switch (written.shape()) {
            case LIST -> {
                at.problem(what + ": a list needs 'items' or 'fields', as in {type: list, items: string}");
                yield null;
            }
            case TABLE -> new OutputSpec.Table(Map.of(), 0, written.optional());
            case JSON -> new OutputSpec.Json(written.optional());
            default ->
                new OutputSpec.Value(new ValueType(scalar(written.shape()), written.optional(), null, Locale.ROOT));
        };
    }

    private static @Nullable OutputSpec full(ShapeAndMark written, YamlMap map, String what) {
        boolean optional = written.optional() || flag(map, "optional");
        return switch (written.shape()) {
            case LIST -> {
                refuse(map, "format", "locale", "columns");
                yield list(map, what, optional);
            }
            case TABLE -> {
                refuse(map, "format", "locale", "items", "fields");
                yield new OutputSpec.Table(fields(map.get("columns"), what + ".columns"), minItems(map), optional);
            }
            case JSON -> {
                refuse(map, "format", "locale", "items", "fields", "columns", "minItems");
                yield new OutputSpec.Json(optional);
            }
            default -> {
                refuse(map, "items", "fields", "columns", "minItems");
                yield new OutputSpec.Value(valueType(scalar(written.shape()), optional, map));
            }
        };
    }

    private static void refuse(YamlMap map, String... keys) {
        for (String key : keys) {
            if (map.has(key)) {
                map.problemAt(key, "'" + key + "' does not go with this type");
            }
        }
    }

    private static @Nullable OutputSpec list(YamlMap map, String what, boolean optional) {
        YamlValue items = map.get("items");
        YamlValue fields = map.get("fields");
        if ((items == null) == (fields == null)) {
            map.problem(what + ": a list has either 'items' (single values) or 'fields' (records)");
            return null;
        }
        if (items != null) {
            ValueType type = value(items, what + ".items");
            return new OutputSpec.Values(type == null ? TEXT : type, minItems(map), optional);
        }
        Map<String, ValueType> types = fields(fields, what + ".fields");
        if (types.isEmpty()) {
            map.problemAt("fields", what + ": 'fields' must name at least one field");
            return null;
        }
        return new OutputSpec.Records(types, minItems(map), optional);
    }

    private static Map<String, ValueType> fields(@Nullable YamlValue value, String what) {
        Map<String, ValueType> types = new LinkedHashMap<>();
        YamlMap map = value == null ? null : value.names(what);
        if (map == null) {
            return types;
        }
        map.entries().forEach((name, entry) -> {
            ValueType type = value(entry, what + "." + name);
            types.put(name, type == null ? TEXT : type);
        });
        return types;
    }

    private static @Nullable ValueType value(YamlValue value, String what) {
        YamlMap map = value.isText() ? null : value.map(what, FlowKeys.VALUE);
        YamlValue typeValue = map == null ? value : map.required("type", "write string, integer, decimal, ...");
        if (typeValue == null) {
            return null;
        }
        ShapeAndMark written = shape(typeValue, what);
        if (written == null) {
            return null;
        }
        if (NOT_SCALAR.contains(written.shape())) {
            typeValue.problem(what + " must be string, integer, decimal, boolean or date");
            return null;
        }
        ScalarType scalar = scalar(written.shape());
        return map == null
                ? new ValueType(scalar, written.optional(), null, Locale.ROOT)
                : valueType(scalar, written.optional() || flag(map, "optional"), map);
    }

    private static ValueType valueType(ScalarType scalar, boolean optional, YamlMap map) {
        YamlValue format = map.get("format");
        YamlValue locale = map.get("locale");
        if (format != null && scalar != ScalarType.DATE) {
            map.problemAt("format", "'format' is for the type date");
        }
        String pattern = format == null
                ? null
                : format.parsed("'format'", text -> {
                    DateTimeFormatter unused = DateTimeFormatter.ofPattern(text);
                    return text;
                });
        Locale language = locale == null ? null : locale.parsed("'locale'", SpecReader::locale);
        return new ValueType(scalar, optional, pattern, language == null ? Locale.ROOT : language);
    }

    private static Locale locale(String text) {
        if (!text.matches("[a-z]{2,3}(-[A-Z]{2})?")) {
            throw new IllegalArgumentException("'" + text + "' is not a locale: write de or de-CH");
        }
        return Locale.forLanguageTag(text);
    }

    /** A type as it was written; a trailing question mark makes it optional. */
    private record ShapeAndMark(Shape shape, boolean optional) {}

    private static @Nullable ShapeAndMark shape(YamlValue value, String what) {
        return value.parsed("the type of " + what, text -> {
            boolean optional = text.endsWith("?");
            String name = optional ? text.substring(0, text.length() - 1) : text;
            for (Shape shape : Shape.values()) {
                if (shape.name().toLowerCase(Locale.ROOT).equals(name)) {
                    return new ShapeAndMark(shape, optional);
                }
            }
            throw new IllegalArgumentException("'" + text + "' is not a type (allowed: string, integer, decimal,"
                    + " boolean, date, list, table, json; with a ? if it may be absent)");
        });
    }

    private static ScalarType scalar(Shape shape) {
        return ScalarType.valueOf(shape.name());
    }

    private static int minItems(YamlMap map) {
        return integer(map, "minItems", 0, 1_000_000, 0);
    }

    private static int integer(YamlMap map, String key, int min, int max, int fallback) {
        YamlValue value = map.get(key);
        Integer number = value == null ? null : value.integer("'" + key + "'", min, max);
        return number == null ? fallback : number;
    }

    private static boolean flag(YamlMap map, String key) {
        YamlValue value = map.get(key);
        Boolean flag = value == null ? null : value.flag("'" + key + "'");
        return flag != null && flag;
    }
}
