package dev.headstream.worker.setting;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 8s}, {@code 1m30s}, {@code 10m}, {@code 6h}, {@code 7d}. */
public final class DurationText {
    private static final Pattern WHOLE = Pattern.compile("(\\d{1,10}(ms|s|m|h|d))+");
    private static final Pattern PART = Pattern.compile("(\\d+)(ms|s|m|h|d)");
    private static final List<Unit> UNITS =
            List.of(new Unit("d", 86_400_000), new Unit("h", 3_600_000), new Unit("m", 60_000), new Unit("s", 1_000));

    private DurationText() {}

    /**
     * Reads a duration; the number always has a unit.
     *
     * @throws IllegalArgumentException if the text is no duration
     */
    public static Duration parse(String text) {
        String compact = text.strip();
        if (!WHOLE.matcher(compact).matches()) {
            throw new IllegalArgumentException("is not a duration such as 500ms, 8s, 1m30s or 6h");
        }
        Duration total = Duration.ZERO;
        Matcher part = PART.matcher(compact);
        while (part.find()) {
            total = total.plusMillis(Math.multiplyExact(Long.parseLong(part.group(1)), millisOf(part.group(2))));
        }
        return total;
    }

    /** The shortest text that {@link #parse} reads back, such as {@code 1m30s}; below a millisecond is cut off. */
    public static String of(Duration duration) {
        StringBuilder text = new StringBuilder();
        long left = duration.toMillis();
        for (Unit unit : UNITS) {
            if (left >= unit.millis) {
                text.append(left / unit.millis).append(unit.name);
                left %= unit.millis;
            }
        }
        if (left > 0 || text.isEmpty()) {
            text.append(left).append("ms");
        }
        return text.toString();
    }

    private static long millisOf(String name) {
        return UNITS.stream()
                .filter(unit -> unit.name.equals(name))
                .mapToLong(Unit::millis)
                .findFirst()
                .orElse(1);
    }

    private record Unit(String name, long millis) {}
}
