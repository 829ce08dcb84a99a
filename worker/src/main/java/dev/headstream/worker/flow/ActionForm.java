package dev.headstream.worker.flow;

import dev.headstream.worker.flow.yaml.YamlMap;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An action's value in its long form, or in its short form as the one key that it stands for. Where it is not even of the
 * right kind that is reported, and no key is there.
 */
final class ActionForm {
    private static final Set<String> SECRET_WORDS = Set.of(
            "password",
            "passwd",
            "passphrase",
            "passcode",
            "pwd",
            "secret",
            "otp",
            "totp",
            "token",
            "apikey",
            "cvv",
            "cvc");

    private final Scope scope;
    private final String word;
    private final YamlValue whole;
    private final @Nullable Map<String, YamlValue> entries;

    private ActionForm(Scope scope, String word, YamlValue whole, @Nullable Map<String, YamlValue> entries) {
        this.scope = scope;
        this.word = word;
        this.whole = whole;
        this.entries = entries;
    }

    /** @param shortKey the key that the value stands for where it is no mapping; null if it has to be one */
    static ActionForm of(Scope scope, String word, YamlValue value, @Nullable String shortKey) {
        List<String> keys = FlowKeys.ACTIONS.getOrDefault(word, List.of());
        boolean isShort = value.isText() || (value.isList() && ("selector".equals(shortKey) || "do".equals(shortKey)));
        if (isShort && shortKey != null) {
            return new ActionForm(scope, word, value, Map.of(shortKey, value));
        }
        if (!value.isMap()) {
            String shortForm = shortKey == null ? "" : "the " + shortKey + " or ";
            value.problem(word + " must be " + shortForm + "a mapping with the keys " + String.join(", ", keys)
                    + ", not " + value.describe());
            return new ActionForm(scope, word, value, null);
        }
        YamlMap map = value.map(word, keys);
        return new ActionForm(scope, word, value, map == null ? null : map.entries());
    }

    boolean has(String key) {
        return get(key) != null;
    }

    @Nullable
    YamlValue get(String key) {
        return entries == null ? null : entries.get(key);
    }

    @Nullable
    YamlValue required(String key) {
        YamlValue value = get(key);
        if (value == null && entries != null) {
            whole.problem("missing '" + key + "' in " + word);
        }
        return value;
    }

    void problem(String key, String message) {
        YamlValue value = get(key);
        if (entries != null) {
            (value == null ? whole : value).problem(message);
        }
    }

    @Nullable
    Selector selector(String key) {
        YamlValue value = required(key);
        return value == null ? null : scope.selector(value, "'" + key + "' of " + word);
    }

    Optional<Selector> optionalSelector() {
        return has("selector") ? Optional.ofNullable(selector("selector")) : Optional.empty();
    }

    @Nullable
    Template template(String key) {
        YamlValue value = required(key);
        return value == null ? null : scope.template(value, "'" + key + "' of " + word);
    }

    @Nullable
    Template filledTemplate(String key) {
        YamlValue value = required(key);
        return value == null || value.filled("'" + key + "' of " + word) == null ? null : template(key);
    }

    <E extends Enum<E>> E oneOf(String key, Class<E> type, E fallback) {
        YamlValue value = get(key);
        E constant = value == null ? null : value.oneOf("'" + key + "' of " + word, type);
        return constant == null ? fallback : constant;
    }

    int integer(String key, int min, int max, int fallback) {
        YamlValue value = get(key);
        Integer number = value == null ? null : value.integer("'" + key + "' of " + word, min, max);
        return number == null ? fallback : number;
    }

    boolean flag(String key) {
        YamlValue value = get(key);
        Boolean flag = value == null ? null : value.flag("'" + key + "' of " + word);
        return flag != null && flag;
    }

    /** A text that may hold secrets; one that looks like a secret itself is refused. */
    @Nullable
    Template secretTemplate(String key, @Nullable Selector selector) {
        YamlValue text = required(key);
        Template template = text == null ? null : scope.templateWithSecrets(text, "'" + key + "' of " + word);
        if (selector != null
                && template != null
                && template.isLiteral()
                && !template.raw().isEmpty()
                && looksSecret(selector.toString())) {
            problem(
                    key,
                    "a secret in clear text: write \"${secret:name}\" and give its value to the worker as"
                            + " HEADSTREAM_SECRET_NAME or as a file");
        }
        return template;
    }

    Optional<Duration> duration(String key) {
        YamlValue value = get(key);
        return value == null ? Optional.empty() : Optional.ofNullable(value.duration("'" + key + "' of " + word));
    }

    double number(String key, double fallback) {
        YamlValue value = get(key);
        BigDecimal number = value == null
                ? null
                : value.parsed("'" + key + "' of " + word, text -> {
                    try {
                        return new BigDecimal(text);
                    } catch (NumberFormatException e) {
                        throw new IllegalArgumentException("'" + text + "' is not a number", e);
                    }
                });
        return number == null ? fallback : number.doubleValue();
    }

    private static boolean looksSecret(String selector) {
        String words = selector.replaceAll("([a-z])([A-Z])", "$1 $2")
                .toLowerCase(Locale.ROOT)
                .replaceAll("api[-_ ]?key", "apikey");
        for (String word : words.split("[^a-z0-9]+", -1)) {
            if (SECRET_WORDS.contains(word.replaceAll("[0-9]+$", ""))) {
                return true;
            }
        }
        return false;
    }
}
