package dev.headstream.worker.flow.yaml;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A mapping of a file, with its keys in the order in which they were written. */
public final class YamlMap {
    private final Problems problems;
    private final String what;
    private final Optional<Mark> mark;
    private final Map<String, YamlValue> values = new LinkedHashMap<>();
    private final Map<String, YamlValue> keys = new LinkedHashMap<>();
    private final Set<String> misspelt = new HashSet<>();

    private YamlMap(Problems problems, String what, Optional<Mark> mark) {
        this.problems = problems;
        this.what = what;
        this.mark = mark;
    }

    static YamlMap of(MappingNode node, Problems problems, String what) {
        YamlMap map = new YamlMap(problems, what, node.getStartMark());
        for (NodeTuple entry : node.getValue()) {
            map.put(entry);
        }
        return map;
    }

    private void put(NodeTuple entry) {
        YamlValue key = new YamlValue(entry.getKeyNode(), problems);
        if (!(entry.getKeyNode() instanceof ScalarNode scalar)) {
            key.problem("a key must be a plain word, not " + key.describe());
            return;
        }
        if (values.containsKey(scalar.getValue())) {
            key.problem("the key '" + scalar.getValue() + "' stands twice in " + what + ": remove one");
            return;
        }
        keys.put(scalar.getValue(), key);
        values.put(scalar.getValue(), new YamlValue(entry.getValueNode(), problems));
    }

    void allowOnly(Collection<String> allowed) {
        keys.forEach((name, key) -> {
            if (!allowed.contains(name)) {
                Suggestions.closest(name, allowed).ifPresent(misspelt::add);
                key.problem("unknown key '" + name + "' in " + what + Suggestions.hint(name, allowed) + " (allowed: "
                        + String.join(", ", allowed) + ")");
            }
        });
    }

    /** Adds a problem at the mapping as a whole. */
    public void problem(String message) {
        problems.add(mark, message);
    }

    /** Adds a problem at a key, or at the mapping if it has no such key. */
    public void problemAt(String key, String message) {
        YamlValue at = keys.get(key);
        if (at == null) {
            problem(message);
        } else {
            at.problem(message);
        }
    }

    /** Keys and values in the order of the file. */
    public Map<String, YamlValue> entries() {
        return values;
    }

    /** True if the key is there. */
    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** The value of a key, or null if it is absent. */
    public @Nullable YamlValue get(String key) {
        return values.get(key);
    }

    /**
     * The value of a key; its absence is a problem, to which {@code advice} says what to write. A key that was only
     * misspelt is reported as that alone.
     */
    public @Nullable YamlValue required(String key, String advice) {
        YamlValue value = values.get(key);
        if (value == null && !misspelt.contains(key)) {
            problem("missing '" + key + "' in " + what + ": " + advice);
        }
        return value;
    }
}
