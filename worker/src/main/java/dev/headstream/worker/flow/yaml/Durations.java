package dev.headstream.worker.flow.yaml;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as flows write them: a whole number with its unit. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private Durations() {}

    /**
     * Reads {@code 500ms}, {@code 8s}, {@code 10m} or {@code 1h}.
     *
     * @throws IllegalArgumentException saying what is wrong and what is allowed
     */
    public static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(advice(text));
        }
        long amount = Long.parseLong(matcher.group(1));
        if (amount == 0) {
            throw new IllegalArgumentException("the duration '" + text + "' must be greater than zero");
        }
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static String advice(String text) {
        if (text.matches("\\d+")) {
            return "the duration '" + text + "' has no unit: write " + text + "s, " + text + "ms, " + text + "m or "
                    + text + "h";
        }
        return "'" + text + "' is not a duration: write a whole number and a unit, as in 500ms, 8s, 10m or 1h";
    }
}
