package dev.headstream.worker.flow;

import dev.headstream.worker.flow.yaml.Suggestions;
import dev.headstream.worker.flow.yaml.YamlMap;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
    private final Scope scope;
    private final String step;
    private final GroupReader groups;
    private final GestureReader gestures;
    private int repeats;

    ActionReader(Scope scope, String step) {
        this.scope = scope;
        this.step = step;
        this.groups = new GroupReader(scope, step, this);
        this.gestures = new GestureReader(scope);
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
        if (!word.equals("if")) {
            refuseBranches(map);
        }
        Optional<Duration> limit = Optional.ofNullable(map.get("timeout")).map(v -> v.duration("'timeout' of " + word));
        boolean optional = optional(map);
        Optional<DialogAnswer> dialog = Optional.ofNullable(map.get("dialog")).map(this::dialog);
        Set<String> known = scope.known();
        Action action = action(word, map.entries().get(word), map);
        if (optional) {
            scope.knowOnly(known);
        }
        return action == null ? null : new Instruction(action, limit, optional, dialog, value.line());
    }

    /** Reads the actions of a step or of a group. */
    List<Instruction> readAll(@Nullable YamlValue list, String what) {
        List<Instruction> instructions = new ArrayList<>();
        if (list == null) {
            return instructions;
        }
        List<YamlValue> items = list.list(what);
        if (list.isList() && items.isEmpty()) {
            list.problem(what + " must hold at least one action");
        }
        for (YamlValue item : items) {
            Instruction instruction = read(item);
            if (instruction != null) {
                instructions.add(instruction);
            }
        }
        return instructions;
    }

    /** Reads the actions of a repeat, whose extractions add to lists. */
    List<Instruction> readRepeated(@Nullable YamlValue list, String what) {
        repeats++;
        try {
            return readAll(list, what);
        } finally {
            repeats--;
        }
    }

    private static void refuseBranches(YamlMap map) {
        for (String branch : List.of("then", "else")) {
            if (map.has(branch)) {
                map.problemAt(branch, "'" + branch + "' goes with 'if'");
            }
        }
    }

    private static boolean optional(YamlMap map) {
        YamlValue value = map.get("optional");
        Boolean flag = value == null ? null : value.flag("'optional'");
        return flag != null && flag;
    }

    private @Nullable DialogAnswer dialog(YamlValue value) {
        if (value.isText()) {
            String word = value.text("'dialog'");
            if ("accept".equals(word) || "dismiss".equals(word)) {
                return new DialogAnswer("accept".equals(word), Optional.empty());
            }
            value.problem("'dialog' must be accept, dismiss or {accept: \"text for the prompt\"}, not '" + word + "'");
            return null;
        }
        YamlMap map = value.map("'dialog'", FlowKeys.DIALOG);
        YamlValue accept = map == null ? null : map.get("accept");
        if (accept == null || (map != null && map.has("dismiss"))) {
            value.problem("'dialog' must be accept, dismiss or {accept: \"text for the prompt\"}");
            return null;
        }
        Template text = scope.templateWithSecrets(accept, "'accept' of dialog");
        return new DialogAnswer(true, Optional.ofNullable(text));
    }

    private @Nullable Action action(String word, @Nullable YamlValue value, YamlMap beside) {
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
            case "evaluate" -> evaluate(value);
            case "if" -> groups.choice(value, beside);
            case "repeat", "frame", "popup", "download", "waitForResponse", "waitForNavigation" ->
                groups.read(word, value);
            default -> gestures.read(word, value);
        };
    }

    private @Nullable Action navigate(YamlValue value) {
        ActionForm form = form("navigate", value, "url");
        Template url = form.template("url");
        Action.WaitUntil until = form.oneOf("until", Action.WaitUntil.class, Action.WaitUntil.LOAD);
        if (url != null && url.isLiteral() && !url.raw().matches("(?i)(https?://[^/\\s].*|/.*)")) {
            form.problem("url", "'" + url.raw() + "' is not a URL: begin with https://, http://, ${site} or /");
            return null;
        }
        return url == null ? null : new Action.Navigate(url, until);
    }

    private @Nullable Action fill(YamlValue value) {
        ActionForm form = form("fill", value, null);
        Selector selector = form.selector("selector");
        Template template = form.secretTemplate("value", selector);
        return selector == null || template == null ? null : new Action.Fill(selector, template);
    }

    private @Nullable Action click(YamlValue value) {
        ActionForm form = form("click", value, "selector");
        Selector selector = form.selector("selector");
        int count = form.integer("count", 1, 3, 1);
        Action.Button button = form.oneOf("button", Action.Button.class, Action.Button.LEFT);
        if (form.has("x") != form.has("y")) {
            form.problem(form.has("x") ? "x" : "y", "'x' and 'y' go together: a point within the element");
        }
        Optional<Action.Point> at = form.has("x") && form.has("y")
                ? Optional.of(new Action.Point(form.number("x", 0), form.number("y", 0)))
                : Optional.empty();
        return selector == null
                ? null
                : new Action.Click(selector, count, button, at, form.flag("force"), form.duration("hold"));
    }

    /** A plain click. */
    static Instruction click(Selector selector, int line) {
        Action click = new Action.Click(selector, 1, Action.Button.LEFT, Optional.empty(), false, Optional.empty());
        return new Instruction(click, Optional.empty(), false, Optional.empty(), line);
    }

    private @Nullable Action press(YamlValue value) {
        ActionForm form = form("press", value, "key");
        YamlValue keyValue = form.required("key");
        String key = keyValue == null ? null : keyValue.filled("'key' of press");
        Optional<Selector> selector = form.optionalSelector();
        return key == null ? null : new Action.Press(selector, key);
    }

    private @Nullable Action select(YamlValue value) {
        ActionForm form = form("select", value, null);
        Selector selector = form.selector("selector");
        List<Action.OptionBy> given = Arrays.stream(Action.OptionBy.values())
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
        ActionForm form = form("waitFor", value, "selector");
        Selector selector = form.selector("selector");
        Action.State state = form.oneOf("state", Action.State.class, Action.State.VISIBLE);
        return selector == null ? null : new Action.WaitFor(selector, state);
    }

    private @Nullable Action waitForText(YamlValue value) {
        ActionForm form = form("waitForText", value, "text");
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
                ExtractionReader.checkFits(name, extraction, shape, repeats > 0, entry);
            }
        });
        if (map.entries().isEmpty()) {
            map.problem("extract must name at least one value, as in extract: {title: h1}");
        }
        return extractions.isEmpty() ? null : new Action.Extract(extractions, repeats > 0);
    }

    private @Nullable Action assertText(YamlValue value) {
        ActionForm form = form("assertText", value, "contains");
        Optional<Selector> selector = form.optionalSelector();
        List<Action.Comparison> given = Arrays.stream(Action.Comparison.values())
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

    private static void checkPattern(ActionForm form, Template text) {
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
        ActionForm form = form("screenshot", value, "name");
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
        ActionForm form = form("evaluate", value, "script");
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

    private ActionForm form(String word, YamlValue value, @Nullable String shortKey) {
        return ActionForm.of(scope, word, value, shortKey);
    }
}
