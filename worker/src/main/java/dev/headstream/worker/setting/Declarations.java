package dev.headstream.worker.setting;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The keys that were declared while reading, in order, and what is wrong with what was given. */
final class Declarations {
    private static final int LINE_WIDTH = 96;

    /**
     * One key.
     *
     * @param section the section that it stands in, empty at the top
     * @param name its name within the section
     * @param value the default as YAML; empty where there is none
     */
    private record Declaration(String section, String name, String value, String allowed, String description) {}

    private final Map<String, Declaration> keys = new LinkedHashMap<>();
    private final Map<String, String> sections = new LinkedHashMap<>();
    private final List<String> maps = new ArrayList<>();
    private final List<SettingProblem> problems = new ArrayList<>();

    void section(String name, String description) {
        sections.put(name, description);
    }

    void key(String section, String name, String value, String allowed, String description) {
        Declaration earlier =
                keys.put(full(section, name), new Declaration(section, name, value, allowed, description));
        if (earlier != null) {
            throw new IllegalStateException("the key " + full(section, name) + " is declared twice");
        }
    }

    void map(String section, String name, String allowed, String description) {
        key(section, name, "{}", allowed, description);
        maps.add(full(section, name) + ".");
    }

    void problem(SettingProblem problem) {
        problems.add(problem);
    }

    int problemCount() {
        return problems.size();
    }

    /** All problems, with one for each key that was given and is not declared. */
    List<SettingProblem> problems(SettingSources sources) {
        List<SettingProblem> all = new ArrayList<>(sources.problems());
        all.addAll(problems);
        sources.given().forEach((key, origin) -> {
            if (!isKnown(key)) {
                all.add(new SettingProblem(key, "(" + origin + ")", unknown(key), ""));
            }
        });
        return all;
    }

    private boolean isKnown(String given) {
        return keys.keySet().stream().anyMatch(key -> given.equals(key) || given.equals(SettingSources.variable(key)))
                || maps.stream()
                        .anyMatch(map -> given.startsWith(map) || given.startsWith(SettingSources.variable(map)));
    }

    private String unknown(String given) {
        List<String> below = keys.keySet().stream()
                .filter(key -> key.startsWith(given + "."))
                .toList();
        if (!below.isEmpty()) {
            return "is a section, not a setting; its settings are " + String.join(", ", below);
        }
        Set<String> names = new TreeSet<>(keys.keySet());
        keys.keySet().forEach(key -> names.add(SettingSources.variable(key)));
        return ClosestKey.to(given, names)
                .map(closest -> "is no setting; did you mean " + closest + "?")
                .orElse("is no setting; deploy/worker.yaml lists all there are");
    }

    /** The commented YAML file that lists every key with its default. */
    String reference(String title) {
        StringBuilder text = new StringBuilder();
        comment(text, "", title);
        keys.values().stream().filter(key -> key.section.isEmpty()).forEach(key -> key(text, "", key));
        sections.forEach((section, description) -> {
            text.append('\n');
            comment(text, "", description);
            text.append(section).append(":\n");
            keys.values().stream().filter(key -> key.section.equals(section)).forEach(key -> key(text, "  ", key));
        });
        return text.toString();
    }

    private static void key(StringBuilder text, String indent, Declaration key) {
        if (indent.isEmpty()) {
            text.append('\n');
        }
        comment(text, indent, key.description);
        comment(text, indent, "Allowed: " + key.allowed + ".");
        text.append(indent).append(key.name).append(':');
        text.append(key.value.isEmpty() ? "" : " " + key.value).append('\n');
    }

    private static void comment(StringBuilder text, String indent, String words) {
        String start = indent + "#";
        StringBuilder line = new StringBuilder(start);
        for (String word : Arrays.asList(words.split(" ", -1))) {
            if (line.length() + 1 + word.length() > LINE_WIDTH) {
                text.append(line).append('\n');
                line = new StringBuilder(start);
            }
            line.append(' ').append(word);
        }
        text.append(line).append('\n');
    }

    static String full(String section, String name) {
        return section.isEmpty() ? name : section + "." + name;
    }
}
