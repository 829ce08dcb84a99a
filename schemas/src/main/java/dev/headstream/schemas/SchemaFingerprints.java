package dev.headstream.schemas;

import dev.headstream.v1.CachedStep;
import dev.headstream.v1.CancelRequested;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * Names a contract by the SHA-256 of its full text, so that any change to it is seen: also one of a default, a doc, an
 * alias or a logical type, which Avro's own fingerprints leave out. Pure.
 */
public final class SchemaFingerprints {
    private static final List<Class<? extends SpecificRecord>> CONTRACTS =
            List.of(CachedStep.class, CancelRequested.class, JobRequested.class, JobResult.class, JobState.class);

    private SchemaFingerprints() {}

    /** The records that are contracts: what stands in topics. */
    public static List<Class<? extends SpecificRecord>> contracts() {
        return CONTRACTS;
    }

    /** The fingerprint of each contract by the full name of its record, in alphabetical order. */
    public static Map<String, String> all() {
        Map<String, String> fingerprints = new TreeMap<>();
        for (Class<? extends SpecificRecord> contract : CONTRACTS) {
            Schema schema = AvroRecords.schemaOf(contract);
            fingerprints.put(schema.getFullName(), of(schema));
        }
        return fingerprints;
    }

    /** SHA-256 in lower-case hexadecimal; equal for a file and for the class that was generated from it. */
    public static String of(Schema schema) {
        try {
            byte[] text = SchemaText.of(schema).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
