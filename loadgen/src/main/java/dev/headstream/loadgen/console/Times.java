package dev.headstream.loadgen.console;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times as people give them: durations as in flows and the worker's settings ({@code 500ms}, {@code 8s}, {@code 1m30s},
 * {@code 7d}), points in time as an ISO-8601 instant or as a duration from now.
 */
public final class Times {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}(ms|s|m|h|d))+");
    private static final Pattern PART = Pattern.compile("(\\d+)(ms|s|m|h|d)");

    private Times() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException saying what would be right
     */
    public static Duration duration(String text) {
        if (!DURATION.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a time such as 500ms, 30s, 1m30s or 2h");
        }
        Duration total = Duration.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            long amount = Long.parseLong(part.group(1));
            total = total.plus(
                    switch (part.group(2)) {
                        case "ms" -> Duration.ofMillis(amount);
                        case "s" -> Duration.ofSeconds(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "h" -> Duration.ofHours(amount);
                        default -> Duration.ofDays(amount);
                    });
        }
        return total;
    }

    /**
     * Reads an instant, or a duration before now.
     *
     * @throws IllegalArgumentException saying what would be right
     */
    public static Instant past(String text, Instant now) {
        return DURATION.matcher(text).matches() ? now.minus(duration(text)) : instant(text);
    }

    /**
     * Reads an instant, or a duration after now.
     *
     * @throws IllegalArgumentException saying what would be right
     */
    public static Instant future(String text, Instant now) {
        return DURATION.matcher(text).matches() ? now.plus(duration(text)) : instant(text);
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException wrong) {
            throw new IllegalArgumentException(
                    "'" + text + "' is neither a time from now such as 10m nor an instant such as 2026-01-31T09:00:00Z",
                    wrong);
        }
    }
}
