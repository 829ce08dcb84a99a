package dev.headstream.worker.flow.recorder;

import dev.headstream.worker.flow.yaml.YamlMap;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields of a recorded step, in the words of the flow language. What is missing or wrong is noted as a problem. */
final class Fields {
    private final YamlMap map;

    Fields(YamlMap map) {
        this.map = map;
    }

    boolean has(String key) {
        return map.has(key);
    }

    @Nullable
    String text(String key) {
        YamlValue value = map.get(key);
        return value == null || !value.isText() ? null : value.text("'" + key + "'");
    }

    /** A text that must be there, quoted. */
    String needed(String key) {
        YamlValue value = map.required(key, "the Recorder writes it with every step of this type");
        String text = value == null ? null : value.text("'" + key + "'");
        return quoted(text == null ? "" : text);
    }

    /** A text that must be there, quoted, in a place where the language knows no references. */
    String verbatim(String key) {
        YamlValue value = map.required(key, "the Recorder writes it with every step of this type");
        String text = value == null ? null : value.text("'" + key + "'");
        return YamlValue.quoted(text == null ? "" : text);
    }

    void problem(String key, String problem) {
        map.problemAt(key, problem);
    }

    /** A number; without a fallback it must be there. */
    String number(String key, @Nullable String fallback) {
        YamlValue value = fallback == null ? map.required(key, "a number") : map.get(key);
        String text = value == null ? null : value.text("'" + key + "'");
        if (text != null && !text.matches("-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?")) {
            map.problemAt(key, "'" + key + "' must be a number, not '" + text + "'");
        }
        return text == null ? Objects.requireNonNullElse(fallback, "0") : text;
    }

    String whole(String key) {
        return String.valueOf(Math.round(Double.parseDouble(number(key, null).replaceAll("[^-0-9.eE+]", "0"))));
    }

    @Nullable
    Integer integer(String key, int min, int max) {
        YamlValue value = map.get(key);
        return value == null ? null : value.integer("'" + key + "'", min, max);
    }

    Optional<String> json(String key) {
        return Optional.ofNullable(map.get(key)).map(value -> value.json("'" + key + "'"));
    }

    List<Integer> frame() {
        List<Integer> path = new ArrayList<>();
        YamlValue value = map.get("frame");
        for (YamlValue item : value == null ? List.<YamlValue>of() : value.list("'frame'")) {
            Integer index = item.integer("'frame'", 0, 1_000);
            if (index != null) {
                path.add(index);
            }
        }
        return path;
    }

    /** Selectors in the order in which they are tried; a chain leads from shadow root to shadow root. */
    String selectors(boolean required) {
        YamlValue value = required ? map.required("selectors", "how the element is found") : map.get("selectors");
        List<String> selectors = new ArrayList<>();
        for (YamlValue item : value == null ? List.<YamlValue>of() : value.list("'selectors'")) {
            if (!item.isList()) {
                add(selectors, item.text("a selector"));
                continue;
            }
            add(
                    selectors,
                    item.list("a selector").stream()
                            .map(part -> String.valueOf(part.text("a selector")))
                            .collect(Collectors.joining(" >>> ")));
        }
        if (value != null && selectors.isEmpty()) {
            value.problem("'selectors' must hold at least one selector");
        }
        return selectors.stream().map(Fields::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    private static void add(List<String> selectors, @Nullable String selector) {
        if (selector != null && !selector.isBlank()) {
            selectors.add(selector);
        }
    }

    boolean leadsElsewhere() {
        return !events().isEmpty();
    }

    List<String> assertedUrls() {
        return events().stream()
                .map(event -> event.isMap() ? event.names("an asserted event") : null)
                .filter(Objects::nonNull)
                .map(event -> event.get("url"))
                .filter(Objects::nonNull)
                .filter(YamlValue::isText)
                .map(url -> String.valueOf(url.text("'url'")))
                .toList();
    }

    private List<YamlValue> events() {
        YamlValue value = map.get("assertedEvents");
        return value == null ? List.of() : value.list("'assertedEvents'");
    }

    /** A text as YAML has it, in which nothing is a reference. */
    static String quoted(String text) {
        return YamlValue.quoted(text.replace("${", "$${"));
    }
}
