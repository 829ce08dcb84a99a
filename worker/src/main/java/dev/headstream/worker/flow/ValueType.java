package dev.headstream.worker.flow;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the text of a page becomes a value.
 *
 * @param scalar type of the value
 * @param optional true if it may be absent: it is null then
 * @param format pattern of {@link java.time.format.DateTimeFormatter} for dates; null for ISO 8601
 * @param locale whose decimal separators and month names the page uses
 */
public record ValueType(ScalarType scalar, boolean optional, @Nullable String format, Locale locale) {

    /** A required value in the form that a machine writes. */
    public static ValueType of(ScalarType scalar) {
        return new ValueType(scalar, false, null, Locale.ROOT);
    }
}
