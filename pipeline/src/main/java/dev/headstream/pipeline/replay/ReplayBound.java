package dev.headstream.pipeline.replay;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One side of the range to replay, as it was asked for. */
public sealed interface ReplayBound {

    /** The oldest event that is kept, or behind the newest. */
    record Edge() implements ReplayBound {}

    /** The first event at or after a time, in every partition. */
    record Time(Instant instant) implements ReplayBound {}

    /** An offset for each partition that is named; the others take no part. */
    record Offsets(Map<Integer, Long> byPartition) implements ReplayBound {
        public Offsets {
            byPartition = Map.copyOf(byPartition);
        }
    }

    /** What {@link #parse} understands. */
    String FORMS =
            "PARTITION:OFFSET,... such as 0:100,1:200, a time such as 2026-01-31T09:00:00Z, or an age such as 2h";

    /**
     * Reads a bound.
     *
     * @param option names it in messages
     * @param now what ages count from
     * @throws IllegalArgumentException saying what is wrong and what would be right
     */
    static ReplayBound parse(String option, String text, Instant now) {
        String given = text.strip();
        if (given.isEmpty()) {
            throw new IllegalArgumentException(option + " is empty: give " + FORMS);
        }
        if (BoundText.OFFSETS.matcher(given).matches()) {
            return BoundText.offsets(option, given);
        }
        if (BoundText.AGE.matcher(given).matches()) {
            return new Time(now.minus(BoundText.age(given)));
        }
        if (given.chars().allMatch(Character::isDigit)) {
            throw new IllegalArgumentException(
                    option + ": '" + given + "' is an offset without its partition: give it as 0:" + given);
        }
        try {
            return new Time(OffsetDateTime.parse(given).toInstant());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(option + ": '" + given + "' is none of " + FORMS, e);
        }
    }

    /** The text forms. */
    final class BoundText {
        private static final Pattern OFFSETS = Pattern.compile("[^,:T]*:[^,:T]*(,.*)?");
        private static final Pattern PAIR = Pattern.compile("\\s*(\\d{1,9})\\s*:\\s*(\\d{1,18})\\s*");
        private static final Pattern AGE = Pattern.compile("(\\d{1,9}[smhd])+");
        private static final Pattern AGE_PART = Pattern.compile("(\\d+)([smhd])");

        private BoundText() {}

        private static Offsets offsets(String option, String text) {
            Map<Integer, Long> offsets = new TreeMap<>();
            for (String part : text.split(",", -1)) {
                Matcher pair = PAIR.matcher(part);
                if (!pair.matches()) {
                    throw new IllegalArgumentException(
                            option + ": '" + part.strip() + "' is no PARTITION:OFFSET such as 0:100");
                }
                int partition = Integer.parseInt(pair.group(1));
                if (offsets.put(partition, Long.parseLong(pair.group(2))) != null) {
                    throw new IllegalArgumentException(option + " names partition " + partition + " twice");
                }
            }
            return new Offsets(offsets);
        }

        private static Duration age(String text) {
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
    }
}
