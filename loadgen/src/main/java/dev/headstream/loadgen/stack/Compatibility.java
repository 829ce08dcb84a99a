package dev.headstream.loadgen.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;

/**
 * The compatibility levels of the Confluent registry. Backward: the new schema reads what was written with earlier ones;
 * forward: the earlier ones read what the new one writes; full: both. Transitive levels look at every earlier version, the
 * others at the newest only.
 */
enum Compatibility {
    NONE(false, false, false),
    BACKWARD(true, false, false),
    BACKWARD_TRANSITIVE(true, false, true),
    FORWARD(false, true, false),
    FORWARD_TRANSITIVE(false, true, true),
    FULL(true, true, false),
    FULL_TRANSITIVE(true, true, true);

    private final boolean backward;
    private final boolean forward;
    private final boolean transitive;

    Compatibility(boolean backward, boolean forward, boolean transitive) {
        this.backward = backward;
        this.forward = forward;
        this.transitive = transitive;
    }

    static Compatibility parse(String level) {
        for (Compatibility known : values()) {
            if (known.name().equals(level.toUpperCase(Locale.ROOT))) {
                return known;
            }
        }
        throw RegistryException.invalidCompatibility(level);
    }

    /** Why the candidate may not follow the earlier schemas (oldest first); empty if it may. */
    List<String> violations(Schema candidate, List<Schema> earlier) {
        List<Schema> considered =
                transitive || earlier.isEmpty() ? earlier : earlier.subList(earlier.size() - 1, earlier.size());
        return violationsOfAll(candidate, considered);
    }

    /** As {@link #violations}, whether or not the level is transitive. */
    List<String> violationsOfAll(Schema candidate, List<Schema> earlier) {
        List<String> reasons = new ArrayList<>();
        for (Schema previous : earlier) {
            if (backward) {
                explain(candidate, previous, "the new schema cannot read data of an earlier one", reasons);
            }
            if (forward) {
                explain(previous, candidate, "an earlier schema cannot read data of the new one", reasons);
            }
        }
        return reasons;
    }

    private static void explain(Schema reader, Schema writer, String meaning, List<String> reasons) {
        SchemaPairCompatibility pair = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        if (pair.getType() == SchemaCompatibilityType.COMPATIBLE) {
            return;
        }
        pair.getResult()
                .getIncompatibilities()
                .forEach(found -> reasons.add(
                        found.getType() + " at " + found.getLocation() + " (" + found.getMessage() + "): " + meaning));
    }
}
