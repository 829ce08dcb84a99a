package dev.headstream.pipeline.replay;

import dev.headstream.pipeline.replay.ReplayBound.Offsets;
import dev.headstream.pipeline.replay.ReplayBound.Time;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A bound as a person writes it. Pure.
 *
 * @param option names it in messages
 */
record BoundText(String option, String text) {
    private static final String FORMS =
            "PARTITION:OFFSET,... such as 0:100,1:200, a time such as 2026-01-31T09:00:00Z, or an age such as 2h";
    private static final Pattern OFFSETS = Pattern.compile("[^,:T]*:[^,:T]*(,.*)?");
    private static final Pattern PAIR = Pattern.compile("\\s*(\\d{1,9})\\s*:\\s*(\\d{1,18})\\s*");
    private static final Pattern AGE = Pattern.compile("(\\d{1,9}[smhd])+");
    private static final Pattern AGE_PART = Pattern.compile("(\\d+)([smhd])");

    BoundText {
        text = text.strip();
    }

    ReplayBound parse(Instant now) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(option + " is empty: give " + FORMS);
        }
        if (OFFSETS.matcher(text).matches()) {
            return offsets();
        }
        if (AGE.matcher(text).matches()) {
            return new Time(now.minus(age()));
        }
        if (text.chars().allMatch(Character::isDigit)) {
            throw wrong("'" + text + "' is an offset without its partition: give it as 0:" + text);
        }
        try {
            return new Time(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            throw wrong("'" + text + "' is none of " + FORMS);
        }
    }

    private Offsets offsets() {
        Map<Integer, Long> offsets = new TreeMap<>();
        for (String part : text.split(",", -1)) {
            Matcher pair = PAIR.matcher(part);
            if (!pair.matches()) {
                throw wrong("'" + part.strip() + "' is no PARTITION:OFFSET such as 0:100");
            }
            int partition = Integer.parseInt(pair.group(1));
            if (offsets.put(partition, Long.parseLong(pair.group(2))) != null) {
                throw wrong("names partition " + partition + " twice");
            }
        }
        return new Offsets(offsets);
    }

    private Duration age() {
        Duration age = Duration.ZERO;
        Matcher part = AGE_PART.matcher(text);
        while (part.find()) {
            long amount = Long.parseLong(part.group(1));
            age = age.plus(
                    switch (part.group(2)) {
                        case "s" -> Duration.ofSeconds(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "h" -> Duration.ofHours(amount);
                        default -> Duration.ofDays(amount);
                    });
        }
        return age;
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(option + ": " + what);
    }
}
