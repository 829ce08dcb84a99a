package dev.headstream.worker.flow;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Shape of an output or of a variable. */
public sealed interface OutputSpec {

    /** True if the flow may end without it. */
    boolean optional();

    /** True for what has items, to which a repeat adds. */
    default boolean isMany() {
        return false;
    }

    /** The least number of items. */
    default int minItems() {
        return 0;
    }

    /** The same without a least number of items. */
    default OutputSpec ofAnySize() {
        return this;
    }

    /** A single value. */
    record Value(ValueType type) implements OutputSpec {
        @Override
        public boolean optional() {
            return type.optional();
        }
    }

    /** A list of single values with at least {@code minItems}. */
    record Values(ValueType items, int minItems, boolean optional) implements OutputSpec {
        @Override
        public boolean isMany() {
            return true;
        }

        @Override
        public OutputSpec ofAnySize() {
            return new Values(items, 0, optional);
        }
    }

    /** A list of records with at least {@code minItems}. */
    record Records(Map<String, ValueType> fields, int minItems, boolean optional) implements OutputSpec {
        public Records {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
            if (fields.isEmpty()) {
                throw new IllegalArgumentException("a list of records needs at least one field");
            }
        }

        @Override
        public boolean isMany() {
            return true;
        }

        @Override
        public OutputSpec ofAnySize() {
            return new Records(fields, 0, optional);
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

        @Override
        public boolean isMany() {
            return true;
        }

        @Override
        public OutputSpec ofAnySize() {
            return new Table(columns, 0, optional);
        }
    }

    /** Whatever a script returns. */
    record Json(boolean optional) implements OutputSpec {}
}
