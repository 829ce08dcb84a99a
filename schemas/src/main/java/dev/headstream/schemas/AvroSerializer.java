package dev.headstream.schemas;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes records in Confluent's wire format ({@link WireFormat}), with the schema of the record registered or looked up
 * under {@code <topic>-value} or {@code <topic>-key} (TopicNameStrategy). The schema goes to the registry as its file has
 * it, without the Java generator's {@code avro.java.string} (Confluent's {@code avro.remove.java.properties=true}).
 *
 * <p>Which id is written, with Confluent's keys and defaults: {@code auto.register.schemas=true} (default) registers the
 * record's schema; else {@code use.latest.version=true} converts the record to the newest version of the subject and
 * writes that; else the schema must be registered already.
 *
 * <p>Thread-safe. The first record of each topic blocks for the registry, later ones do not; {@link #warm} moves that to
 * the start. Fails with {@link SchemaRegistryException} where the registry refuses, {@link
 * SchemaRegistryUnavailableException} where none answers, and {@link SerializationException} for a record that cannot be
 * encoded.
 */
public final class AvroSerializer<T extends SpecificRecord> implements Serializer<T> {
    /** Whether to register the schema of a record; true by default. */
    public static final String AUTO_REGISTER = "auto.register.schemas";
    /** Whether to write the newest registered version; needs {@link #AUTO_REGISTER} to be false. */
    public static final String USE_LATEST = "use.latest.version";

    /** What a topic's records are written as; replaced when a record of another schema comes. */
    private final ConcurrentMap<String, Encoding> encodings = new ConcurrentHashMap<>();

    private @Nullable SchemaRegistryClient registry;
    private boolean ownsRegistry;
    private boolean autoRegister = true;
    private boolean useLatest;
    private String suffix = "-value";

    /** To be configured by Kafka through {@link #configure}. */
    public AvroSerializer() {}

    /** Registers schemas of values with a registry that stays the caller's to close. */
    public AvroSerializer(SchemaRegistryClient registry) {
        this.registry = registry;
    }

    @Override
    public void configure(Map<String, ?> properties, boolean isKey) {
        suffix = isKey ? "-key" : "-value";
        autoRegister = flag(properties, AUTO_REGISTER, true);
        useLatest = flag(properties, USE_LATEST, false);
        if (registry == null) {
            registry = SchemaRegistryClient.create(SchemaRegistryConfig.of(properties));
            ownsRegistry = true;
        }
    }

    /** Resolves the schema id for a topic now, so that the first record need not wait for the registry. */
    public void warm(String topic, Class<T> type) {
        encoding(topic, AvroRecords.schemaOf(type));
    }

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable T record) {
        return record == null ? null : encode(topic, record);
    }

    /** {@link #serialize} of a record that is there. */
    public byte[] encode(String topic, T record) {
        Encoding encoding = encoding(topic, record.getSchema());
        try {
            byte[] avro = AvroRecords.encode(record);
            Schema target = encoding.target();
            return WireFormat.frame(
                    encoding.id(), target == null ? avro : AvroRecords.convert(record.getSchema(), avro, target));
        } catch (IllegalArgumentException e) {
            throw new SerializationException("topic " + topic + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (ownsRegistry && registry != null) {
            registry.close();
        }
    }

    @SuppressWarnings("ReferenceEquality") // fast, and stricter than equals, which leaves out docs and aliases
    private Encoding encoding(String topic, Schema schema) {
        Encoding known = encodings.get(topic);
        if (known != null && known.schema() == schema) {
            return known;
        }
        Encoding resolved = resolve(topic + suffix, schema);
        encodings.put(topic, resolved);
        return resolved;
    }

    private Encoding resolve(String subject, Schema schema) {
        SchemaRegistryClient client = Objects.requireNonNull(
                registry, "AvroSerializer: call configure(...) or construct it with a SchemaRegistryClient");
        Schema portable = SchemaText.portable(schema);
        if (autoRegister) {
            return new Encoding(schema, client.register(subject, portable), null);
        }
        if (!useLatest) {
            return new Encoding(schema, client.idOf(subject, portable), null);
        }
        SchemaRegistryClient.RegisteredSchema latest = client.latest(subject);
        if (SchemaText.of(latest.schema()).equals(SchemaText.of(schema))) {
            return new Encoding(schema, latest.id(), null);
        }
        SchemaPairCompatibility readable =
                SchemaCompatibility.checkReaderWriterCompatibility(latest.schema(), portable);
        if (readable.getType() != SchemaCompatibilityType.COMPATIBLE) {
            throw new SerializationException("the latest version (" + latest.version() + ") of " + subject
                    + " cannot take a " + schema.getName() + ": " + AvroRecords.incompatibilities(readable));
        }
        return new Encoding(schema, latest.id(), latest.schema());
    }

    private static boolean flag(Map<String, ?> properties, String key, boolean fallback) {
        Object value = properties.get(key);
        if (value == null) {
            return fallback;
        }
        return switch (value.toString().strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(key + ": must be true or false, not " + value);
        };
    }

    /**
     * @param schema of the records that it is for, compared by identity
     * @param target what to convert to, or null to write with the record's own schema
     */
    private record Encoding(Schema schema, int id, @Nullable Schema target) {}
}
