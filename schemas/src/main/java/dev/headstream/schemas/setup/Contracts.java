package dev.headstream.schemas.setup;

import dev.headstream.schemas.AvroRecords;
import dev.headstream.schemas.CompatibilityLevel;
import dev.headstream.schemas.SchemaFingerprints;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.SchemaRegistryException;
import dev.headstream.schemas.Topics;
import dev.headstream.v1.CachedStep;
import dev.headstream.v1.CancelRequested;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * Registers the contract of every topic under {@code <topic>-value} with FULL_TRANSITIVE compatibility, so that workers,
 * producers and consumers can be upgraded in any order. Idempotent. Blocks for the registry.
 */
public final class Contracts {
    private static final String LEVEL = CompatibilityLevel.FULL_TRANSITIVE.name();

    private final SchemaRegistryClient registry;

    /** The registry stays the caller's to close. */
    public Contracts(SchemaRegistryClient registry) {
        this.registry = registry;
    }

    /**
     * Registers the contracts of all topics that have one; dead letters hold whatever came in.
     *
     * @return what was done, a line for each subject
     * @throws SchemaRegistryException 409 if a subject holds a version that a contract does not fit
     */
    public List<Registration> register(Topics topics) {
        List<Registration> done = new ArrayList<>(registerNeeded(topics));
        done.add(register(topics.cache(), CachedStep.class));
        return List.copyOf(done);
    }

    /**
     * Registers the contracts of the topics that every worker needs: not that of {@link Topics#cache}, for workers that share
     * no results.
     *
     * @return what was done, a line for each subject
     * @throws SchemaRegistryException 409 if a subject holds a version that a contract does not fit
     */
    public List<Registration> registerNeeded(Topics topics) {
        List<Registration> done = new ArrayList<>();
        done.add(register(topics.jobs(), JobRequested.class));
        done.add(register(topics.results(), JobResult.class));
        done.add(register(topics.state(), JobState.class));
        done.add(register(topics.cancellations(), CancelRequested.class));
        return List.copyOf(done);
    }

    private Registration register(String topic, Class<? extends SpecificRecord> contract) {
        String subject = topic + "-value";
        Schema schema = AvroRecords.portableSchemaOf(contract);
        OptionalInt known = registered(subject, schema);
        registry.setCompatibility(subject, LEVEL);
        int id = registry.register(subject, schema);
        return new Registration(subject, schema.getFullName(), id, known.isEmpty(), SchemaFingerprints.of(schema));
    }

    private OptionalInt registered(String subject, Schema schema) {
        try {
            return OptionalInt.of(registry.idOf(subject, schema));
        } catch (SchemaRegistryException e) {
            if (e.errorCode() == 40401 || e.errorCode() == 40403 || e.errorCode() == 404) {
                return OptionalInt.empty();
            }
            throw e;
        }
    }

    /**
     * What became of one subject.
     *
     * @param created whether this call added the version; else it was there
     * @param fingerprint of the contract, see {@link SchemaFingerprints}
     */
    public record Registration(String subject, String contract, int schemaId, boolean created, String fingerprint) {

        /** For a person to read, for example {@code headstream.jobs-value: registered JobRequested as schema 1}. */
        @Override
        public String toString() {
            String verb = created ? "registered " : "already had ";
            return subject + ": " + verb + contract + " as schema " + schemaId + ", " + LEVEL;
        }
    }
}
