package dev.headstream.schemas.setup;

import dev.headstream.schemas.TopicDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A topic as the cluster has it. */
record ExistingTopic(String name, int partitions, int replicationFactor, Map<String, String> configs) {

    /** How it differs from its definition: what is, what should be. */
    List<String> differences(TopicDefinition wanted) {
        List<String> differences = new ArrayList<>();
        if (partitions != wanted.partitions()) {
            differences.add("partitions are " + partitions + ", should be " + wanted.partitions());
        }
        if (wanted.replicationFactor() > 0 && replicationFactor != wanted.replicationFactor()) {
            differences.add("replication factor is " + replicationFactor + ", should be " + wanted.replicationFactor());
        }
        new TreeMap<>(wanted.configs()).forEach((key, value) -> {
            String actual = configs.getOrDefault(key, "not set");
            if (!sameValue(actual, value)) {
                differences.add(key + " is " + actual + ", should be " + value);
            }
        });
        return differences;
    }

    /** Lists are sets to Kafka: {@code compact,delete} is {@code delete,compact}. */
    private static boolean sameValue(String actual, String wanted) {
        return Set.of(actual.split("\\s*,\\s*")).equals(Set.of(wanted.split("\\s*,\\s*")));
    }
}
