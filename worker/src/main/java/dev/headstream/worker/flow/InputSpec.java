package dev.headstream.worker.flow;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An input that a flow takes.
 *
 * @param defaultValue used where a job gives none
 * @param maxLength in characters
 * @param oneOf the values allowed; empty for any
 */
public record InputSpec(
        ScalarType type,
        boolean required,
        Optional<String> defaultValue,
        int maxLength,
        Optional<Pattern> pattern,
        List<String> oneOf,
        Optional<BigDecimal> min,
        Optional<BigDecimal> max) {
    /** The limit of an input that sets none. */
    public static final int DEFAULT_MAX_LENGTH = 10_000;

    public InputSpec {
        oneOf = List.copyOf(oneOf);
    }

    /** What is wrong with a value, one line a problem, each naming the input. */
    public List<String> problems(String name, String value) {
        List<String> problems = new ArrayList<>();
        if (value.length() > maxLength) {
            problems.add(name + ": " + value.length() + " characters, at most " + maxLength + " are allowed");
            return problems;
        }
        if (value.isEmpty()) {
            if (required) {
                problems.add(name + ": must not be empty");
            }
            return problems;
        }
        ofType(name, value).ifPresent(problems::add);
        if (!oneOf.isEmpty() && !oneOf.contains(value)) {
            problems.add(name + ": " + quoted(value) + " is not allowed, must be one of " + String.join(", ", oneOf));
        }
        if (pattern.isPresent() && !pattern.get().matcher(value).matches()) {
            problems.add(name + ": " + quoted(value) + " does not match " + pattern.get());
        }
        return problems;
    }

    private Optional<String> ofType(String name, String value) {
        return switch (type) {
            case STRING -> Optional.empty();
            case BOOLEAN ->
                value.equals("true") || value.equals("false")
                        ? Optional.empty()
                        : Optional.of(name + ": " + quoted(value) + " is neither true nor false");
            case DATE -> ofDate(name, value);
            case INTEGER, DECIMAL -> ofNumber(name, value);
        };
    }

    private static Optional<String> ofDate(String name, String value) {
        try {
            LocalDate.parse(value);
            return Optional.empty();
        } catch (DateTimeParseException e) {
            return Optional.of(name + ": " + quoted(value) + " is not a date, write it as 2026-01-31");
        }
    }

    private Optional<String> ofNumber(String name, String value) {
        boolean integer = type == ScalarType.INTEGER;
        if (!value.matches(integer ? "-?\\d{1,18}" : "-?\\d{1,18}(\\.\\d{1,18})?")) {
            return Optional.of(name + ": " + quoted(value) + " is not "
                    + (integer ? "an integer" : "a decimal number, write it as 1234.5"));
        }
        BigDecimal number = new BigDecimal(value);
        if (min.isPresent() && number.compareTo(min.get()) < 0) {
            return Optional.of(name + ": " + value + " is too small, at least " + min.get() + " is allowed");
        }
        if (max.isPresent() && number.compareTo(max.get()) > 0) {
            return Optional.of(name + ": " + value + " is too large, at most " + max.get() + " is allowed");
        }
        return Optional.empty();
    }

    private static String quoted(String value) {
        return "'" + (value.length() > 60 ? value.substring(0, 60) + "..." : value) + "'";
    }
}
