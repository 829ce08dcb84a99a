package dev.headstream.worker.flow;

import dev.headstream.worker.flow.yaml.Suggestions;
import dev.headstream.worker.flow.yaml.YamlMap;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads the actions of a step. Each has a long form (a mapping) and, where one value says it all, a short one. */
final class ActionReader {
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
    private final String step;

    ActionReader(Scope scope, String step) {
        this.scope = scope;
        this.step = step;
    }

    @Nullable
    Instruction read(YamlValue value) {
        YamlMap map = value.names("an action");
        if (map == null) {
            return null;
        }
        List<String> words = map.entries().keySet().stream()
                .filter(key -> !FlowKeys.BESIDE_ACTION.contains(key))
                .toList();
        if (words.size() != 1) {
            map.problem(
                    words.isEmpty()
                            ? "an action is missing: write one of " + String.join(", ", FlowKeys.ACTIONS.keySet())
                            : "one action a list item: put '" + words.get(1)
                                    + "' on a line of its own beginning with '-'");
            return null;
        }
        String word = words.get(0);
        if (!FlowKeys.ACTIONS.containsKey(word)) {
            map.problemAt(
                    word,
                    "unknown action '" + word + "'" + Suggestions.hint(word, FlowKeys.ACTIONS.keySet()) + " (allowed: "
                            + String.join(", ", FlowKeys.ACTIONS.keySet()) + ")");
            return null;
        }
        YamlValue timeout = map.get("timeout");
        Optional<Duration> limit = Optional.ofNullable(timeout).map(v -> v.duration("'timeout' of " + word));
        Action action = action(word, map.entries().get(word));
        return action == null ? null : new Instruction(action, limit, value.line());
    }

    private @Nullable Action action(String word, @Nullable YamlValue value) {
        if (value == null) {
            return null;
        }
        return switch (word) {
            case "navigate" -> navigate(value);
            case "fill" -> fill(value);
            case "click" -> click(value);
            case "press" -> press(value);
            case "select" -> select(value);
            case "check" -> check(value, true);
            case "uncheck" -> check(value, false);
            case "hover" -> hover(value);
            case "waitFor" -> waitFor(value);
            case "waitForText" -> waitForText(value);
            case "waitForUrl" -> waitForUrl(value);
            case "extract" -> extract(value);
            case "assertText" -> assertText(value);
            case "screenshot" -> screenshot(value);
            default -> evaluate(value);
        };
    }

    private @Nullable Action navigate(YamlValue value) {
        Form form = form("navigate", value, "url");
        Template url = form.template("url");
        Action.WaitUntil until = form.oneOf("until", Action.WaitUntil.class, Action.WaitUntil.LOAD);
        if (url != null && url.isLiteral() && !url.raw().matches("(?i)(https?://[^/\\s].*|/.*)")) {
            form.problem("url", "'" + url.raw() + "' is not a URL: begin with https://, http://, ${site} or /");
            return null;
        }
        return url == null ? null : new Action.Navigate(url, until);
    }

    private @Nullable Action fill(YamlValue value) {
        Form form = form("fill", value, null);
        Selector selector = form.selector("selector");
        YamlValue text = form.required("value");
        Template template = text == null ? null : scope.templateWithSecrets(text, "'value' of fill");
        if (selector == null || template == null) {
            return null;
        }
        if (template.isLiteral()
                && !template.raw().isEmpty()
                && looksSecret(selector.template().raw())) {
            form.problem(
                    "value",
                    "a secret in clear text: write \"${secret:name}\" and give its value to the worker as"
                            + " HEADSTREAM_SECRET_NAME or as a file");
        }
        return new Action.Fill(selector, template);
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

    private @Nullable Action click(YamlValue value) {
        Form form = form("click", value, "selector");
        Selector selector = form.selector("selector");
        int count = form.integer("count", 1, 3, 1);
        return selector == null ? null : new Action.Click(selector, count);
    }

    private @Nullable Action press(YamlValue value) {
        Form form = form("press", value, "key");
        YamlValue keyValue = form.required("key");
        String key = keyValue == null ? null : keyValue.filled("'key' of press");
        Optional<Selector> selector = form.optionalSelector();
        return key == null ? null : new Action.Press(selector, key);
    }

    private @Nullable Action select(YamlValue value) {
        Form form = form("select", value, null);
        Selector selector = form.selector("selector");
        List<Action.OptionBy> given = java.util.Arrays.stream(Action.OptionBy.values())
                .filter(by -> form.has(lower(by)))
                .toList();
        if (given.size() != 1) {
            form.problem("selector", "select must have exactly one of value, label, index");
            return null;
        }
        Template option = form.template(lower(given.get(0)));
        if (given.get(0) == Action.OptionBy.INDEX
                && option != null
                && option.isLiteral()
                && !option.raw().matches("\\d{1,4}")) {
            form.problem("index", "'index' must be a whole number, counted from 0");
        }
        return selector == null || option == null ? null : new Action.Select(selector, given.get(0), option);
    }

    private @Nullable Action check(YamlValue value, boolean checked) {
        Selector selector =
                form(checked ? "check" : "uncheck", value, "selector").selector("selector");
        return selector == null ? null : new Action.Check(selector, checked);
    }

    private @Nullable Action hover(YamlValue value) {
        Selector selector = form("hover", value, "selector").selector("selector");
        return selector == null ? null : new Action.Hover(selector);
    }

    private @Nullable Action waitFor(YamlValue value) {
        Form form = form("waitFor", value, "selector");
        Selector selector = form.selector("selector");
        Action.State state = form.oneOf("state", Action.State.class, Action.State.VISIBLE);
        return selector == null ? null : new Action.WaitFor(selector, state);
    }

    private @Nullable Action waitForText(YamlValue value) {
        Form form = form("waitForText", value, "text");
        Template text = form.filledTemplate("text");
        Optional<Selector> selector = form.optionalSelector();
        return text == null ? null : new Action.WaitForText(selector, text);
    }

    private @Nullable Action waitForUrl(YamlValue value) {
        Template url = form("waitForUrl", value, "url").filledTemplate("url");
        return url == null ? null : new Action.WaitForUrl(url);
    }

    private @Nullable Action extract(YamlValue value) {
        YamlMap map = value.names("'extract'");
        if (map == null) {
            return null;
        }
        Map<String, Extraction> extractions = new LinkedHashMap<>();
        ExtractionReader reader = new ExtractionReader(scope);
        map.entries().forEach((name, entry) -> {
            Extraction extraction = reader.read(entry, "extract." + name);
            OutputSpec shape = scope.sets(step, name, entry);
            if (extraction != null) {
                extractions.put(name, extraction);
            }
            if (extraction != null && shape != null) {
                ExtractionReader.checkFits(name, extraction, shape, entry);
            }
        });
        if (map.entries().isEmpty()) {
            map.problem("extract must name at least one value, as in extract: {title: h1}");
        }
        return extractions.isEmpty() ? null : new Action.Extract(extractions);
    }

    private @Nullable Action assertText(YamlValue value) {
        Form form = form("assertText", value, "contains");
        Optional<Selector> selector = form.optionalSelector();
        List<Action.Comparison> given = java.util.Arrays.stream(Action.Comparison.values())
                .filter(comparison -> form.has(lower(comparison)))
                .toList();
        if (given.size() != 1) {
            form.problem("selector", "assertText must have exactly one of contains, equals, matches");
            return null;
        }
        Template text = form.filledTemplate(lower(given.get(0)));
        if (given.get(0) == Action.Comparison.MATCHES && text != null) {
            checkPattern(form, text);
        }
        return text == null ? null : new Action.AssertText(selector, given.get(0), text);
    }

    private static void checkPattern(Form form, Template text) {
        try {
            Pattern.compile(text.raw());
        } catch (PatternSyntaxException e) {
            form.problem("matches", "'matches' is not a regular expression: " + e.getDescription());
        }
        if (!text.isLiteral()) {
            form.problem("matches", "'matches' must not hold references: their values would be read as a pattern");
        }
    }

    private @Nullable Action screenshot(YamlValue value) {
        Form form = form("screenshot", value, "name");
        YamlValue nameValue = form.required("name");
        String name = nameValue == null ? null : nameValue.filled("'name' of screenshot");
        Optional<Selector> selector = form.optionalSelector();
        boolean fullPage = form.flag("fullPage");
        if (name != null && !name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,80}")) {
            form.problem("name", "'" + name + "' is not a file name: write letters, digits, '.', '_' and '-'");
            return null;
        }
        return name == null ? null : new Action.Screenshot(name, selector, fullPage);
    }

    private @Nullable Action evaluate(YamlValue value) {
        Form form = form("evaluate", value, "script");
        YamlValue scriptValue = form.required("script");
        String script = scriptValue == null ? null : scriptValue.filled("'script' of evaluate");
        Map<String, Template> args = new LinkedHashMap<>();
        YamlValue argsValue = form.get("args");
        YamlMap argsMap = argsValue == null ? null : argsValue.names("'args' of evaluate");
        if (argsMap != null) {
            argsMap.entries().forEach((name, entry) -> {
                Template template = scope.templateWithSecrets(entry, "args." + name);
                if (template != null) {
                    args.put(name, template);
                }
            });
        }
        YamlValue intoValue = form.get("into");
        String into = intoValue == null ? null : intoValue.filled("'into' of evaluate");
        if (into != null && intoValue != null) {
            scope.sets(step, into, intoValue);
        }
        return script == null ? null : new Action.Evaluate(script, args, Optional.ofNullable(into));
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** An action's value in its long form, or in its short form as the one key that it stands for. */
    private Form form(String word, YamlValue value, @Nullable String shortKey) {
        List<String> keys = FlowKeys.ACTIONS.getOrDefault(word, List.of());
        if (value.isText() && shortKey != null) {
            return new Form(word, value, Map.of(shortKey, value));
        }
        if (!value.isMap()) {
            String shortForm = shortKey == null ? "" : "the " + shortKey + " or ";
            value.problem(word + " must be " + shortForm + "a mapping with the keys " + String.join(", ", keys)
                    + ", not " + value.describe());
            return new Form(word, value, null);
        }
        YamlMap map = value.map(word, keys);
        return new Form(word, value, map == null ? null : map.entries());
    }

    /** The keys of one action; null where its value was not even of the right kind, which is reported already. */
    private final class Form {
        private final String word;
        private final YamlValue whole;
        private final @Nullable Map<String, YamlValue> entries;

        Form(String word, YamlValue whole, @Nullable Map<String, YamlValue> entries) {
            this.word = word;
            this.whole = whole;
            this.entries = entries;
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
    }
}
