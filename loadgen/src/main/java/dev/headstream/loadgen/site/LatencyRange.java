package dev.headstream.loadgen.site;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a backend takes: any time from {@code min} to {@code max}, both included.
 *
 * @param min the shortest time, not negative
 * @param max the longest time, at least {@code min} and at most ten minutes
 */
public record LatencyRange(Duration min, Duration max) {
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)(ms|s|m)");

    public LatencyRange {
        if (min.isNegative() || max.compareTo(min) < 0) {
            throw new IllegalArgumentException("a latency range goes from a shorter to a longer time, not from "
                    + min.toMillis() + " ms to " + max.toMillis() + " ms");
        }
        if (max.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a latency is at most 10m, not " + max.toMillis() + " ms");
        }
    }

    /** Always the same time. */
    public static LatencyRange of(Duration latency) {
        return new LatencyRange(latency, latency);
    }

    /** Bounds in milliseconds. */
    public static LatencyRange ofMillis(long min, long max) {
        return new LatencyRange(Duration.ofMillis(min), Duration.ofMillis(max));
    }

    /**
     * Reads {@code 500ms}, {@code 3s}, {@code 1.5s}, {@code 2m} or a range such as {@code 1s..3s}.
     *
     * @throws IllegalArgumentException saying what is wrong and what may be written
     */
    public static LatencyRange parse(String text) {
        String trimmed = text.strip();
        int dots = trimmed.indexOf("..");
        if (dots < 0) {
            return of(duration(trimmed));
        }
        return new LatencyRange(duration(trimmed.substring(0, dots)), duration(trimmed.substring(dots + 2)));
    }

    /** The time at {@code fraction} (0 to 1) of the range. */
    Duration at(double fraction) {
        return min.plusNanos((long) (max.minus(min).toNanos() * fraction));
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a duration: write a number and a unit (ms, s, m),"
                    + " for example 500ms, 3s or the range 1s..3s");
        }
        BigDecimal millisPerUnit = BigDecimal.valueOf(
                switch (matcher.group(2)) {
                    case "ms" -> 1;
                    case "s" -> 1_000;
                    default -> 60_000;
                });
        return Duration.ofMillis(
                new BigDecimal(matcher.group(1)).multiply(millisPerUnit).longValue());
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return min.equals(max) ? min.toMillis() + "ms" : min.toMillis() + "ms.." + max.toMillis() + "ms";
    }
}
