package dev.headstream.worker.flow;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Shape of an output or of a variable. */
public sealed interface OutputSpec {

    /** True if the flow may end without it. */
    boolean optional();

    /** A single value. */
    record Value(ValueType type) implements OutputSpec {
        @Override
        public boolean optional() {
            return type.optional();
        }
    }

    /** A list of single values with at least {@code minItems}. */
    record Values(ValueType items, int minItems, boolean optional) implements OutputSpec {}

    /** A list of records with at least {@code minItems}. */
    record Records(Map<String, ValueType> fields, int minItems, boolean optional) implements OutputSpec {
        public Records {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
            if (fields.isEmpty()) {
                throw new IllegalArgumentException("a list of records needs at least one field");
            }
        }
    }

    /**
     * The rows of a table, each a record by the heads of the columns.
     *
     * @param columns the columns to keep, with their types; empty to keep all as text
     */
    record Table(Map<String, ValueType> columns, int minItems, boolean optional) implements OutputSpec {
        public Table {
            columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        }
    }

    /** Whatever a script returns. */
    record Json(boolean optional) implements OutputSpec {}
}
