package dev.headstream.schemas;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;

/**
 * What a registry demands of a new version of a subject, by Confluent's names. Judged with {@link
 * SchemaCompatibility#checkReaderWriterCompatibility}, which sees what Avro's {@code SchemaValidatorBuilder} lets pass, for
 * example an enum symbol that older readers have no default for. Pure.
 */
public enum CompatibilityLevel {
    NONE(false, false, false),
    /** The new version reads what the last one wrote. */
    BACKWARD(true, false, false),
    BACKWARD_TRANSITIVE(true, false, true),
    /** The last version reads what the new one writes. */
    FORWARD(false, true, false),
    FORWARD_TRANSITIVE(false, true, true),
    FULL(true, true, false),
    /** Every version reads every other: consumers and producers may be upgraded in any order. */
    FULL_TRANSITIVE(true, true, true);

    private final boolean backward;
    private final boolean forward;
    private final boolean transitive;

    CompatibilityLevel(boolean backward, boolean forward, boolean transitive) {
        this.backward = backward;
        this.forward = forward;
        this.transitive = transitive;
    }

    /**
     * What stands against a candidate; empty if nothing does.
     *
     * @param earlier the versions so far, oldest first
     */
    public List<String> violations(Schema candidate, List<Schema> earlier) {
        List<String> violations = new ArrayList<>();
        int from = transitive ? 0 : Math.max(0, earlier.size() - 1);
        for (int i = from; i < earlier.size(); i++) {
            String version = "version " + (i + 1);
            if (backward) {
                check(candidate, earlier.get(i), "cannot read what " + version + " wrote", violations);
            }
            if (forward) {
                check(earlier.get(i), candidate, "cannot be read by " + version, violations);
            }
        }
        return violations;
    }

    private static void check(Schema reader, Schema writer, String consequence, List<String> violations) {
        SchemaPairCompatibility result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        if (result.getType() != SchemaCompatibilityType.COMPATIBLE) {
            violations.add(consequence + ": " + AvroRecords.incompatibilities(result));
        }
    }
}
