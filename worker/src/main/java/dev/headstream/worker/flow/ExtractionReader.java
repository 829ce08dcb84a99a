package dev.headstream.worker.flow;

import dev.headstream.worker.flow.yaml.YamlMap;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what an {@code extract} extracts, and holds it against the declared shape. */
final class ExtractionReader {
    private final Scope scope;

    ExtractionReader(Scope scope) {
        this.scope = scope;
    }

    @Nullable
    Extraction read(YamlValue value, String what) {
        if (value.isText()) {
            return one(value, what);
        }
        YamlMap map = value.map(what, FlowKeys.EXTRACTION);
        if (map == null) {
            return null;
        }
        long kinds = map.entries().keySet().stream()
                .filter(key -> key.equals("text") || key.equals("each") || key.equals("table") || key.equals("count"))
                .count();
        if (kinds != 1) {
            map.problem(what + " must have exactly one of text, each, table, count");
            return null;
        }
        if (!map.has("each") && (map.has("fields") || map.has("value"))) {
            map.problem(what + ": 'fields' and 'value' go with 'each'");
        }
        return byKind(map, what);
    }

    private @Nullable Extraction byKind(YamlMap map, String what) {
        YamlValue text = map.get("text");
        YamlValue table = map.get("table");
        YamlValue count = map.get("count");
        if (text != null) {
            return one(text, what);
        }
        if (table != null) {
            Selector selector = scope.selector(table, what + ".table");
            return selector == null ? null : new Extraction.Table(selector);
        }
        if (count != null) {
            Selector selector = scope.selector(count, what + ".count");
            return selector == null ? null : new Extraction.Count(selector);
        }
        return each(map, what);
    }

    private @Nullable Extraction one(YamlValue value, String what) {
        String text = value.filled(what);
        if (text == null) {
            return null;
        }
        Extraction.SelectorAndAttribute split = Extraction.SelectorAndAttribute.parse(text);
        Selector selector = value.parsed(what, unused -> Selector.parse(split.selector()));
        if (selector == null) {
            return null;
        }
        selector.variants().forEach(variant -> scope.check(variant, value));
        return new Extraction.One(selector, split.attribute());
    }

    private @Nullable Extraction each(YamlMap map, String what) {
        YamlValue each = map.get("each");
        YamlValue fields = map.get("fields");
        YamlValue single = map.get("value");
        Selector selector = each == null ? null : scope.selector(each, what + ".each");
        if (fields != null && single != null) {
            map.problem(what + " has both 'fields' (records) and 'value' (single values): remove one");
            return null;
        }
        if (fields != null) {
            Map<String, Extraction.Part> parts = parts(fields, what + ".fields");
            return selector == null || parts.isEmpty() ? null : new Extraction.Records(selector, parts);
        }
        Extraction.Part part = single == null
                ? new Extraction.Part("", Optional.empty())
                : single.parsed(what + ".value", Extraction.Part::parse);
        return selector == null || part == null ? null : new Extraction.Each(selector, part);
    }

    private static Map<String, Extraction.Part> parts(YamlValue value, String what) {
        Map<String, Extraction.Part> parts = new LinkedHashMap<>();
        YamlMap map = value.names(what);
        if (map == null) {
            return parts;
        }
        map.entries().forEach((name, entry) -> {
            Extraction.Part part = entry.parsed(what + "." + name, Extraction.Part::parse);
            if (part != null) {
                parts.put(name, part);
            }
        });
        return parts;
    }

    /** Reports an extraction that cannot become what was declared. */
    static void checkFits(String name, Extraction extraction, OutputSpec shape, boolean adds, YamlValue at) {
        boolean oneOfMany = adds && extraction instanceof Extraction.One && shape instanceof OutputSpec.Values;
        if (shape instanceof OutputSpec.Json || oneOfMany) {
            return;
        }
        String mismatch = mismatch(extraction, shape);
        if (mismatch != null) {
            at.problem("'" + name + "' is declared as " + describe(shape) + ", which " + mismatch);
        }
    }

    private static @Nullable String mismatch(Extraction extraction, OutputSpec shape) {
        if (extraction instanceof Extraction.One) {
            return shape instanceof OutputSpec.Value ? null : "is not read from a single selector";
        }
        if (extraction instanceof Extraction.Count) {
            boolean fits =
                    shape instanceof OutputSpec.Value value && value.type().scalar() == ScalarType.INTEGER;
            return fits ? null : "a count is not: declare it as integer";
        }
        if (extraction instanceof Extraction.Table) {
            return shape instanceof OutputSpec.Table ? null : "a table is not: declare it as {type: table}";
        }
        if (extraction instanceof Extraction.Each) {
            return shape instanceof OutputSpec.Values
                    ? null
                    : "a list of single values is not: declare it as {type: list, items: string}";
        }
        return mismatchOfRecords((Extraction.Records) extraction, shape);
    }

    private static @Nullable String mismatchOfRecords(Extraction.Records extraction, OutputSpec shape) {
        if (!(shape instanceof OutputSpec.Records records)) {
            return "a list of records is not: declare it as {type: list, fields: {...}}";
        }
        TreeSet<String> missing = new TreeSet<>(records.fields().keySet());
        missing.removeAll(extraction.fields().keySet());
        TreeSet<String> undeclared = new TreeSet<>(extraction.fields().keySet());
        undeclared.removeAll(records.fields().keySet());
        if (!missing.isEmpty()) {
            return "has the fields " + missing + " that are not extracted here";
        }
        return undeclared.isEmpty() ? null : "does not declare the fields " + undeclared;
    }

    private static String describe(OutputSpec shape) {
        if (shape instanceof OutputSpec.Value value) {
            return value.type().scalar().name().toLowerCase(java.util.Locale.ROOT);
        }
        if (shape instanceof OutputSpec.Values) {
            return "a list of single values";
        }
        return shape instanceof OutputSpec.Records ? "a list of records" : "a table";
    }
}
