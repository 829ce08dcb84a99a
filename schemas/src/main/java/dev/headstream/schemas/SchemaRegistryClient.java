package dev.headstream.schemas;

import org.apache.avro.Schema;

/**
 * The part of the Confluent Schema Registry REST API (v1) that a client needs. Thread-safe. Calls block for network I/O
 * unless the answer is cached: never call from a Reactor or poll thread without having warmed the id.
 */
public interface SchemaRegistryClient extends AutoCloseable {

    /**
     * A client for the configured registry. Connects on the first call only.
     *
     * @throws IllegalArgumentException if the TLS settings cannot be used
     */
    static SchemaRegistryClient create(SchemaRegistryConfig config) {
        return new RestSchemaRegistryClient(config);
    }

    /**
     * Registers a schema under a subject, or finds it there; cached.
     *
     * @return the global id
     * @throws SchemaRegistryException if the registry refuses (for instance incompatible: 409)
     * @throws SchemaRegistryUnavailableException if no registry answered; trying again later may help
     */
    int register(String subject, Schema schema);

    /**
     * The id of a schema that is registered under a subject already; cached.
     *
     * @throws SchemaRegistryException 40401 or 40403 if it is not
     */
    int idOf(String subject, Schema schema);

    /**
     * The schema with a global id; cached.
     *
     * @throws SchemaRegistryException 40403 if there is none, 42201 if it is not Avro or cannot be parsed
     */
    Schema schemaById(int id);

    /** The id and schema of the newest version of a subject; not cached. */
    RegisteredSchema latest(String subject);

    /** Sets the compatibility of a subject, for example {@code FULL_TRANSITIVE}. */
    void setCompatibility(String subject, String level);

    @Override
    void close();

    /** A schema and its global id. */
    record RegisteredSchema(int id, int version, Schema schema) {}
}
