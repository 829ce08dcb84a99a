package dev.headstream.schemas;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads records in Confluent's wire format ({@link WireFormat}): fetches the writer's schema by its id and resolves it to
 * the schema of the type. Fields that the type does not know are skipped, missing ones get their defaults, and an unknown
 * enum symbol becomes the enum's default.
 *
 * <p>Thread-safe. The first record of each schema id blocks for the registry, later ones do not. Three kinds of failure:
 * {@link MalformedRecordException} for bytes that are no such record and never will be; {@link
 * SchemaRegistryUnavailableException} when no registry answered, where trying again may help; {@link
 * SchemaRegistryException} when the registry refuses, for instance for want of credentials, which is no fault of the
 * record.
 */
public final class AvroDeserializer<T extends SpecificRecord> implements Deserializer<T> {
    /** Class name of the generated record to read into; Confluent's {@code specific.avro.value.type} works as well. */
    public static final String TYPE = "headstream.avro.type";

    private static final int SCHEMA_NOT_FOUND = 40403;

    private final ConcurrentMap<Integer, Resolution<T>> resolutions = new ConcurrentHashMap<>();

    private @Nullable Class<T> type;
    private @Nullable SchemaRegistryClient registry;
    private boolean ownsRegistry;

    /** To be configured by Kafka through {@link #configure}. */
    public AvroDeserializer() {}

    /** Reads with a registry that stays the caller's to close. */
    public AvroDeserializer(Class<T> type, SchemaRegistryClient registry) {
        this.type = type;
        this.registry = registry;
    }

    @Override
    public void configure(Map<String, ?> properties, boolean isKey) {
        if (type == null) {
            type = type(properties, isKey ? "specific.avro.key.type" : "specific.avro.value.type");
        }
        if (registry == null) {
            registry = SchemaRegistryClient.create(SchemaRegistryConfig.of(properties));
            ownsRegistry = true;
        }
    }

    @Override
    public @Nullable T deserialize(String topic, byte @Nullable [] bytes) {
        return bytes == null ? null : decode(topic, bytes);
    }

    /** {@link #deserialize} of bytes that are there; the topic serves for messages only. */
    public T decode(String topic, byte[] bytes) {
        Class<T> target = Objects.requireNonNull(
                type, "AvroDeserializer: call configure(...) or construct it with a type and a SchemaRegistryClient");
        try {
            int id = WireFormat.schemaId(bytes);
            return resolution(id, target).read(bytes);
        } catch (MalformedRecordException e) {
            throw new MalformedRecordException(
                    "topic " + topic + ": not a " + target.getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (ownsRegistry && registry != null) {
            registry.close();
        }
    }

    private Resolution<T> resolution(int id, Class<T> target) {
        Resolution<T> known = resolutions.get(id);
        if (known != null) {
            return known;
        }
        // not inside computeIfAbsent: it would hold other ids up while this one waits for the registry
        Resolution<T> resolved = resolve(id, target);
        resolutions.put(id, resolved);
        return resolved;
    }

    private Resolution<T> resolve(int id, Class<T> target) {
        Schema writer;
        try {
            writer = Objects.requireNonNull(registry).schemaById(id);
        } catch (SchemaRegistryException e) {
            if (e.errorCode() == SCHEMA_NOT_FOUND) {
                // not remembered: it may be registered yet
                throw new MalformedRecordException("unknown schema id " + id, e);
            }
            if (e.errorCode() == RestSchemaRegistryClient.INVALID_SCHEMA) {
                return new Unresolvable<>("unusable writer schema: " + e.getMessage());
            }
            throw e;
        }
        SchemaPairCompatibility compatibility =
                SchemaCompatibility.checkReaderWriterCompatibility(AvroRecords.schemaOf(target), writer);
        if (compatibility.getType() != SchemaCompatibilityType.COMPATIBLE) {
            return new Unresolvable<>("incompatible writer schema " + writer.getFullName() + " (id " + id + "): "
                    + AvroRecords.incompatibilities(compatibility));
        }
        return new Resolved<>(AvroRecords.reader(target, writer));
    }

    @SuppressWarnings("unchecked") // checked by asSubclass; the caller's T is what it configured
    private Class<T> type(Map<String, ?> properties, String confluentKey) {
        Object value = properties.get(TYPE) == null ? properties.get(confluentKey) : properties.get(TYPE);
        if (value == null) {
            throw new IllegalArgumentException(TYPE + " is missing: name the generated class to read into");
        }
        try {
            Class<?> named = value instanceof Class<?> given
                    ? given
                    : Class.forName(value.toString().strip(), true, classLoader());
            return (Class<T>) named.asSubclass(SpecificRecord.class);
        } catch (ClassNotFoundException | ClassCastException e) {
            throw new IllegalArgumentException(
                    TYPE + ": " + value + " is no generated Avro record on the class path", e);
        }
    }

    private static ClassLoader classLoader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context == null ? AvroDeserializer.class.getClassLoader() : context;
    }

    /** What records of one schema id come to, decided once. */
    private sealed interface Resolution<T> {
        T read(byte[] framed);
    }

    private record Resolved<T>(SpecificDatumReader<T> reader) implements Resolution<T> {
        @Override
        public T read(byte[] framed) {
            return AvroRecords.read(reader, framed, WireFormat.HEADER_BYTES);
        }
    }

    private record Unresolvable<T>(String reason) implements Resolution<T> {
        @Override
        public T read(byte[] framed) {
            throw new MalformedRecordException(reason);
        }
    }
}
