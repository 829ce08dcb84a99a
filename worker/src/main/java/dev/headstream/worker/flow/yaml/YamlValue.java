package dev.headstream.worker.flow.yaml;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value of a file and where it stands. A method that cannot answer adds a problem and returns null (or an empty list),
 * so that the reader goes on and finds the next problem too.
 */
public final class YamlValue {
    private static final Set<Tag> NOT_QUOTED = Set.of(Tag.INT, Tag.FLOAT, Tag.BOOL);

    private final Node node;
    private final Problems problems;

    YamlValue(Node node, Problems problems) {
        this.node = node;
        this.problems = problems;
    }

    /** Adds a problem at this value. */
    public void problem(String message) {
        problems.add(node.getStartMark(), message);
    }

    /** Line of this value, counted from 1. */
    public int line() {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    /** True for a mapping. */
    public boolean isMap() {
        return node instanceof MappingNode;
    }

    /** True for a sequence. */
    public boolean isList() {
        return node instanceof SequenceNode;
    }

    /** True for a scalar that is not null. */
    public boolean isText() {
        return node instanceof ScalarNode && !node.getTag().equals(Tag.NULL);
    }

    /** The scalar's text as it was written, without regard to the type that YAML would give it. */
    public @Nullable String text(String what) {
        if (node instanceof ScalarNode scalar && isText()) {
            return scalar.getValue();
        }
        problem(what + " must be text, not " + describe());
        return null;
    }

    /** A text that is not blank. */
    public @Nullable String filled(String what) {
        String text = text(what);
        if (text != null && text.isBlank()) {
            problem(what + " must not be empty");
            return null;
        }
        return text;
    }

    /** A text that a parser makes something of; what the parser refuses becomes a problem here. */
    public <T> @Nullable T parsed(String what, Function<String, T> parser) {
        String text = text(what);
        if (text == null) {
            return null;
        }
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            problem(what + ": " + e.getMessage());
            return null;
        }
    }

    /** {@code 8s}, {@code 500ms}. */
    public @Nullable Duration duration(String what) {
        return parsed(what, Durations::parse);
    }

    /** {@code true} or {@code false}. */
    public @Nullable Boolean flag(String what) {
        if (isText() && node.getTag().equals(Tag.BOOL)) {
            return Boolean.valueOf(((ScalarNode) node).getValue());
        }
        problem(what + " must be true or false, not " + describe());
        return null;
    }

    /** A whole number within bounds. */
    public @Nullable Integer integer(String what, int min, int max) {
        if (isText() && node.getTag().equals(Tag.INT)) {
            try {
                int value = Integer.parseInt(((ScalarNode) node).getValue());
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // beyond an int, or 0x..: reported below with the range
            }
        }
        problem(what + " must be a whole number from " + min + " to " + max + ", not " + describe());
        return null;
    }

    /** One of an enum's names, written in lower case. */
    public <E extends Enum<E>> @Nullable E oneOf(String what, Class<E> type) {
        List<String> names = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
        String text = text(what);
        if (text == null) {
            return null;
        }
        int index = names.indexOf(text);
        if (index < 0) {
            problem(what + " must be " + orList(names) + ", not '" + text + "'" + Suggestions.hint(text, names));
            return null;
        }
        return type.getEnumConstants()[index];
    }

    /** This value as JSON, with the types that YAML gives it. */
    public @Nullable String json(String what) {
        StringBuilder json = new StringBuilder();
        if (isMap()) {
            YamlMap map = names(what);
            String separator = "{";
            for (Map.Entry<String, YamlValue> entry : map == null
                    ? Set.<Map.Entry<String, YamlValue>>of()
                    : map.entries().entrySet()) {
                json.append(separator)
                        .append(quoted(entry.getKey()))
                        .append(':')
                        .append(entry.getValue().json(what));
                separator = ",";
            }
            return json.append(separator.equals("{") ? "{}" : "}").toString();
        }
        if (isList()) {
            return list(what).stream()
                    .map(item -> String.valueOf(item.json(what)))
                    .collect(Collectors.joining(",", "[", "]"));
        }
        if (!isText()) {
            return "null";
        }
        String text = ((ScalarNode) node).getValue();
        return NOT_QUOTED.contains(node.getTag()) ? text : quoted(text);
    }

    /** A text as JSON has it. */
    public static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f || c == '\u0085' || c == '\u2028' || c == '\u2029' || c == '\ufeff') {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    /** The items of a sequence. */
    public List<YamlValue> list(String what) {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream()
                    .map(item -> new YamlValue(item, problems))
                    .toList();
        }
        problem(what + " must be a list, not " + describe());
        return List.of();
    }

    /** A mapping whose keys are free names; null if this is none. */
    public @Nullable YamlMap names(String what) {
        if (node instanceof MappingNode mapping) {
            return YamlMap.of(mapping, problems, what);
        }
        problem(what + " must be a mapping of names, not " + describe());
        return null;
    }

    /** A mapping with these keys and no others; null if this is none. */
    public @Nullable YamlMap map(String what, Collection<String> keys) {
        if (!(node instanceof MappingNode mapping)) {
            problem(what + " must be a mapping with the keys " + String.join(", ", keys) + ", not " + describe());
            return null;
        }
        YamlMap map = YamlMap.of(mapping, problems, what);
        map.allowOnly(keys);
        return map;
    }

    /** What this is, for a message that says what it should have been. */
    public String describe() {
        if (node instanceof MappingNode) {
            return "a mapping";
        }
        if (node instanceof SequenceNode) {
            return "a list";
        }
        String text = ((ScalarNode) node).getValue();
        if (node.getTag().equals(Tag.NULL)) {
            return "nothing";
        }
        return "'" + (text.length() > 40 ? text.substring(0, 40) + "..." : text) + "'";
    }

    static String orList(List<String> names) {
        return names.size() == 1
                ? names.get(0)
                : String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.get(names.size() - 1);
    }
}
