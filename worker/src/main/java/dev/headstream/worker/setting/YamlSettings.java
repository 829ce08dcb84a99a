package dev.headstream.worker.setting;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A YAML file as dotted keys, each with its line. Nested mappings and dotted keys mean the same, so that {@code
 * sasl.mechanism: PLAIN} can be written as Kafka's documentation has it.
 */
final class YamlSettings {
    private final String name;
    private final Map<String, Given> values = new LinkedHashMap<>();
    private final List<SettingProblem> problems = new ArrayList<>();

    private YamlSettings(String name) {
        this.name = name;
    }

    static YamlSettings read(Path file) {
        YamlSettings settings = new YamlSettings(String.valueOf(file.getFileName()));
        try {
            settings.parse(Files.readString(file));
        } catch (IOException unreadable) {
            settings.problem(file.toString(), "", "cannot be read (" + unreadable + ")");
        }
        return settings;
    }

    static YamlSettings of(String name, String yaml) {
        YamlSettings settings = new YamlSettings(name);
        settings.parse(yaml);
        return settings;
    }

    Map<String, Given> values() {
        return values;
    }

    List<SettingProblem> problems() {
        return problems;
    }

    private void parse(String yaml) {
        try {
            LoadSettings syntax = LoadSettings.builder()
                    .setLabel(name)
                    .setSchema(new CoreSchema())
                    .build();
            Optional<Node> root = new Compose(syntax).composeString(yaml);
            if (root.isEmpty() || isNull(root.get())) {
                return;
            }
            if (root.get() instanceof MappingNode mapping) {
                flatten("", mapping);
            } else {
                problem(name, "", "must hold keys with values, such as 'jobTimeout: 60s'");
            }
        } catch (YamlEngineException malformed) {
            problem(name, "", "is not valid YAML: " + malformed.getMessage());
        }
    }

    private void flatten(String prefix, MappingNode mapping) {
        for (NodeTuple entry : mapping.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode key) {
                add(prefix.isEmpty() ? key.getValue() : prefix + "." + key.getValue(), entry.getValueNode());
            } else {
                problem(prefix, "(" + origin(entry.getKeyNode()) + ")", "has a key that is not plain text");
            }
        }
    }

    private void add(String key, Node value) {
        if (value instanceof MappingNode mapping) {
            flatten(key, mapping);
        } else if (value instanceof SequenceNode sequence) {
            put(key, new Given(items(key, sequence), true, origin(value)));
        } else if (value instanceof ScalarNode scalar && !isNull(value)) {
            put(key, Given.scalar(scalar.getValue(), origin(value)));
        }
    }

    private void put(String key, Given given) {
        Given earlier = values.putIfAbsent(key, given);
        if (earlier != null) {
            problem(key, "(" + given.origin() + ")", "is given a second time; the first is in " + earlier.origin());
        }
    }

    private List<String> items(String key, SequenceNode sequence) {
        List<String> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            if (item instanceof ScalarNode scalar) {
                items.add(scalar.getValue());
            } else {
                problem(key, "(" + origin(item) + ")", "has a list item that is not plain text");
            }
        }
        return items;
    }

    private void problem(String key, String given, String reason) {
        problems.add(new SettingProblem(key, given, reason, ""));
    }

    private String origin(Node node) {
        Optional<Mark> mark = node.getStartMark();
        return mark.isPresent() ? name + " line " + (mark.get().getLine() + 1) : name;
    }

    private static boolean isNull(Node node) {
        return Tag.NULL.equals(node.getTag());
    }
}
