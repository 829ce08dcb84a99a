package dev.headstream.schemas;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * A registry inside this process, for tests and for runs without Kafka: hands out ids and refuses what breaks a subject's
 * compatibility, as a real one does. Nothing outlives the object. Thread-safe.
 */
public final class InMemorySchemaRegistryClient implements SchemaRegistryClient {
    private final List<Schema> byId = new ArrayList<>();
    private final Map<String, Integer> idByText = new HashMap<>();
    private final Map<String, Map<Integer, Schema>> versions = new LinkedHashMap<>();
    private final Map<String, CompatibilityLevel> levels = new HashMap<>();

    @Override
    public synchronized int register(String subject, Schema schema) {
        Map<Integer, Schema> registered = versions.computeIfAbsent(subject, s -> new LinkedHashMap<>());
        Integer known = idByText.get(schema.toString());
        if (known != null && registered.containsKey(known)) {
            return known;
        }
        List<String> violations = levels.getOrDefault(subject, CompatibilityLevel.BACKWARD)
                .violations(schema, List.copyOf(registered.values()));
        if (!violations.isEmpty()) {
            throw new SchemaRegistryException(409, "incompatible with " + subject + ": " + violations);
        }
        int id = idByText.computeIfAbsent(schema.toString(), text -> {
            byId.add(schema);
            return byId.size();
        });
        registered.put(id, schema);
        return id;
    }

    @Override
    public synchronized int idOf(String subject, Schema schema) {
        Integer id = idByText.get(schema.toString());
        if (id == null || !subject(subject).containsKey(id)) {
            throw new SchemaRegistryException(40403, "schema not found under " + subject);
        }
        return id;
    }

    @Override
    public synchronized Schema schemaById(int id) {
        if (id < 1 || id > byId.size()) {
            throw new SchemaRegistryException(40403, "schema " + id + " not found");
        }
        return byId.get(id - 1);
    }

    @Override
    public synchronized RegisteredSchema latest(String subject) {
        Map<Integer, Schema> registered = subject(subject);
        int id = List.copyOf(registered.keySet()).get(registered.size() - 1);
        return new RegisteredSchema(id, registered.size(), byId.get(id - 1));
    }

    @Override
    public synchronized void setCompatibility(String subject, String level) {
        levels.put(subject, CompatibilityLevel.valueOf(level));
    }

    @Override
    public void close() {}

    private Map<Integer, Schema> subject(String subject) {
        Map<Integer, Schema> registered = versions.getOrDefault(subject, Map.of());
        if (registered.isEmpty()) {
            throw new SchemaRegistryException(40401, "subject " + subject + " not found");
        }
        return registered;
    }
}
