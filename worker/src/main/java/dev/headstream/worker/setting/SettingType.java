package dev.headstream.worker.setting;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What may stand in a setting: how it is read and the range that a person is told. Immutable.
 *
 * @param <T> what it is read as
 */
public final class SettingType<T> {
    private final String allowed;
    private final Function<List<String>, T> parser;
    private final boolean list;

    private SettingType(String allowed, boolean list, Function<List<String>, T> parser) {
        this.allowed = allowed;
        this.list = list;
        this.parser = parser;
    }

    /** Text that matches a pattern as a whole; {@code allowed} tells a person what that is. */
    public static SettingType<String> text(String pattern, String allowed) {
        Pattern compiled = Pattern.compile(pattern);
        return scalar(allowed, text -> {
            require(compiled.matcher(text).matches());
            return text;
        });
    }

    public static SettingType<Integer> integer(int min, int max) {
        return scalar(min + " to " + max, text -> between(min, wholeNumber(text), max));
    }

    public static SettingType<Duration> duration(String min, String max) {
        Duration low = DurationText.parse(min);
        Duration high = DurationText.parse(max);
        return scalar(min + " to " + max, text -> between(low, DurationText.parse(text), high));
    }

    public static SettingType<DataSize> size(String min, String max) {
        DataSize low = DataSize.parse(min);
        DataSize high = DataSize.parse(max);
        return scalar(min + " to " + max, text -> between(low, DataSize.parse(text), high));
    }

    /** A share, read from {@code 75%} as 0.75. */
    public static SettingType<Double> percent(int min, int max) {
        return scalar(min + "% to " + max + "%", text -> {
            if (!text.endsWith("%")) {
                throw new IllegalArgumentException("is not a percentage such as 75%");
            }
            return between(min, wholeNumber(text.substring(0, text.length() - 1).strip()), max) / 100.0;
        });
    }

    public static SettingType<Path> path() {
        return scalar("a path, absolute or from the working directory", text -> {
            require(!text.isBlank());
            return Path.of(text);
        });
    }

    /** An absolute address with scheme http or https. */
    public static SettingType<URI> httpUrl() {
        return scalar("an http:// or https:// address", text -> {
            URI address = URI.create(text);
            require(address.getHost() != null && List.of("http", "https").contains(address.getScheme()));
            return address;
        });
    }

    /** The constants of an enum, written in lower case with hyphens. */
    public static <E extends Enum<E>> SettingType<E> choice(Class<E> type) {
        List<E> constants = Arrays.asList(type.getEnumConstants());
        String allowed = constants.stream().map(SettingType::written).collect(Collectors.joining(" | "));
        return scalar(allowed, text -> constants.stream()
                .filter(constant -> written(constant).equals(text))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new));
    }

    /** {@code on} or {@code off}. */
    public static SettingType<Boolean> onOff() {
        return scalar("on | off", text -> switch (text) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException();
        });
    }

    /** Several values: a YAML list, or text with commas between. */
    public static <E> SettingType<List<E>> list(SettingType<E> element) {
        return new SettingType<>("a list; each " + element.allowed, true, items -> items.stream()
                .map(item -> element.parser.apply(List.of(item)))
                .toList());
    }

    /** As {@link #list}, with one element at least. */
    public static <E> SettingType<List<E>> nonEmptyList(SettingType<E> element) {
        SettingType<List<E>> any = list(element);
        return new SettingType<>(any.allowed + "; one at least", true, items -> {
            require(!items.isEmpty());
            return any.parser.apply(items);
        });
    }

    /** A value, or the word {@code auto}, which is read as empty and leaves the choice to the worker. */
    public static <E> SettingType<Optional<E>> autoOr(SettingType<E> type) {
        return new SettingType<>(
                "auto, or " + type.allowed,
                type.list,
                items -> items.equals(List.of("auto")) ? Optional.empty() : Optional.of(type.parser.apply(items)));
    }

    String allowed() {
        return allowed;
    }

    boolean isList() {
        return list;
    }

    /** @throws IllegalArgumentException with what is wrong, or without a message where the range says all */
    T parse(Given given) {
        if (list && !given.list()) {
            return parser.apply(Arrays.stream(given.text().split(",", -1))
                    .map(String::strip)
                    .filter(item -> !item.isEmpty())
                    .toList());
        }
        if (!list && given.list()) {
            throw new IllegalArgumentException("is a list, where one value belongs");
        }
        return parser.apply(given.items());
    }

    private static <T> SettingType<T> scalar(String allowed, Function<String, T> parser) {
        return new SettingType<>(
                allowed, false, items -> parser.apply(items.get(0).strip()));
    }

    private static int wholeNumber(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException notOne) {
            throw new IllegalArgumentException("is not a whole number", notOne);
        }
    }

    private static <C extends Comparable<C>> C between(C min, C value, C max) {
        require(min.compareTo(value) <= 0 && value.compareTo(max) <= 0);
        return value;
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException();
        }
    }

    private static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
