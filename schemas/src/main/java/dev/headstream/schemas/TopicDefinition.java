package dev.headstream.schemas;

import java.util.Map;

/** A topic as it should be: name, partition count and the broker-side settings that matter to correctness. */
public record TopicDefinition(String name, int partitions, short replicationFactor, Map<String, String> configs) {
    public TopicDefinition {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a topic needs a name");
        }
        if (partitions < 1) {
            throw new IllegalArgumentException("topic " + name + ": partitions must be at least 1, not " + partitions);
        }
        configs = Map.copyOf(configs);
    }
}
