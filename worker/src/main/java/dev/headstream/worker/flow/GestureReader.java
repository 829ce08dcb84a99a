package dev.headstream.worker.flow;

import dev.headstream.worker.flow.yaml.YamlMap;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the rarer actions: gestures and waits. */
final class GestureReader {
    private static final Duration QUIET = Duration.ofMillis(500);
    private static final int MOST_SCROLLS = 1_000;

    private final Scope scope;

    GestureReader(Scope scope) {
        this.scope = scope;
    }

    @Nullable
    Action read(String word, YamlValue value) {
        return switch (word) {
            case "change" -> change(form(word, value, null));
            case "keyDown", "keyUp" -> key(form(word, value, "key"), word.equals("keyDown"));
            case "drag" -> drag(form(word, value, null));
            case "scroll" -> scroll(form(word, value, "to"));
            case "upload" -> upload(form(word, value, null));
            case "waitForElement" -> elements(form(word, value, "selector"));
            case "waitForIdle" ->
                new Wait.ForIdle(form(word, value, "quiet").duration("quiet").orElse(QUIET));
            case "waitForScript" -> script(form(word, value, "script"));
            case "viewport" -> viewport(form(word, value, null));
            case "network" -> network(form(word, value, null));
            default -> close(value);
        };
    }

    private @Nullable Action change(ActionForm form) {
        Selector selector = form.selector("selector");
        Template template = form.secretTemplate("value", selector);
        return selector == null || template == null ? null : new Gesture.Change(selector, template);
    }

    private static @Nullable Action key(ActionForm form, boolean down) {
        YamlValue value = form.required("key");
        String key = value == null ? null : value.text("'key' of " + (down ? "keyDown" : "keyUp"));
        if (key != null && key.isEmpty()) {
            form.problem("key", "'key' must not be empty");
            return null;
        }
        return key == null ? null : new Gesture.Key(key, down);
    }

    private static @Nullable Action drag(ActionForm form) {
        Selector selector = form.selector("selector");
        Selector to = form.selector("to");
        return selector == null || to == null ? null : new Gesture.Drag(selector, to);
    }

    private static @Nullable Action scroll(ActionForm form) {
        Optional<Selector> within = form.optionalSelector();
        List<String> given = Stream.of("to", "by", "end").filter(form::has).toList();
        boolean at = form.has("x") || form.has("y");
        if (given.size() + (at ? 1 : 0) != 1) {
            form.problem(
                    "to",
                    "scroll must have exactly one of to (a selector), by (pixels), end (at most so many times)"
                            + " and x with y (a position)");
            return null;
        }
        Gesture.Where where;
        if (at) {
            where = new Gesture.Where.At(form.number("x", 0), form.number("y", 0));
        } else if (form.has("by")) {
            where = new Gesture.Where.By(form.integer("by", -1_000_000, 1_000_000, 0));
        } else if (form.has("end")) {
            where = new Gesture.Where.End(form.integer("end", 1, MOST_SCROLLS, 1));
        } else {
            Selector to = form.selector("to");
            if (to == null) {
                return null;
            }
            where = new Gesture.Where.To(to);
        }
        return new Gesture.Scroll(within, where);
    }

    private @Nullable Action upload(ActionForm form) {
        Selector selector = form.selector("selector");
        List<Gesture.FileSource> files = new ArrayList<>();
        YamlValue list = form.get("files");
        if (list == null) {
            add(files, form);
        } else {
            for (YamlValue item : list.list("'files' of upload")) {
                if (item.map("a file of upload", FlowKeys.FILE) != null) {
                    add(files, form(FILE, item, null));
                }
            }
        }
        return selector == null || files.isEmpty() ? null : new Gesture.Upload(selector, files);
    }

    private static final String FILE = "upload";

    private void add(List<Gesture.FileSource> files, ActionForm form) {
        List<String> given =
                Stream.of("file", "text", "base64").filter(form::has).toList();
        if (given.size() != 1) {
            form.problem("file", "upload must have exactly one of file (of the operator's folder), text and base64");
            return;
        }
        if (given.get(0).equals("file")) {
            YamlValue value = form.required("file");
            String path = value == null ? null : value.filled("'file' of upload");
            if (path != null && checkPath(path, form)) {
                files.add(new Gesture.FileSource.InFolder(path));
            }
            return;
        }
        Template name = form.filledTemplate("name");
        Template content = form.template(given.get(0));
        YamlValue type = form.get("type");
        if (name != null && content != null) {
            files.add(new Gesture.FileSource.Given(
                    name,
                    content,
                    given.get(0).equals("base64"),
                    Optional.ofNullable(type).map(v -> v.filled("'type' of upload"))));
        }
    }

    /** No value of a job may choose a file of the worker's machine. */
    private static boolean checkPath(String path, ActionForm form) {
        if (path.contains("${")) {
            form.problem(
                    "file",
                    "'file' must not hold references: no job chooses files of the worker's machine; bring"
                            + " the content along as text or base64");
            return false;
        }
        if (path.startsWith("/")
                || path.contains("\\")
                || List.of(path.split("/", -1)).contains("..")) {
            form.problem(
                    "file",
                    "'" + path + "' is not a path within the folder of the setting files.directory: write it"
                            + " relative, with '/' and without '..'");
            return false;
        }
        return true;
    }

    private @Nullable Action elements(ActionForm form) {
        Selector selector = form.selector("selector");
        Wait.Operator operator = Wait.Operator.AT_LEAST;
        YamlValue sign = form.get("operator");
        if (sign != null) {
            operator = sign.parsed("'operator' of waitForElement", GestureReader::operator);
        }
        int count = form.integer("count", 0, 1_000_000, 1);
        boolean holds = !form.has("visible") || form.flag("visible");
        YamlValue properties = form.get("properties");
        String json = properties == null ? null : properties.json("'properties' of waitForElement");
        Map<String, String> attributes = new LinkedHashMap<>();
        YamlValue attributesValue = form.get("attributes");
        YamlMap map = attributesValue == null ? null : attributesValue.names("'attributes' of waitForElement");
        if (map != null) {
            map.entries().forEach((name, entry) -> {
                String text = entry.text("attribute " + name);
                if (text != null) {
                    attributes.put(name, text);
                }
            });
        }
        return selector == null || operator == null
                ? null
                : new Wait.ForElements(selector, operator, count, holds, Optional.ofNullable(json), attributes);
    }

    private static Wait.Operator operator(String sign) {
        for (Wait.Operator operator : Wait.Operator.values()) {
            if (operator.sign().equals(sign)) {
                return operator;
            }
        }
        throw new IllegalArgumentException("'" + sign + "' is not one of >=, ==, <=");
    }

    private static @Nullable Action script(ActionForm form) {
        YamlValue value = form.required("script");
        String script = value == null ? null : value.filled("'script' of waitForScript");
        return script == null ? null : new Wait.ForScript(script);
    }

    private static @Nullable Action viewport(ActionForm form) {
        if (form.required("width") == null || form.required("height") == null) {
            return null;
        }
        return new Gesture.Viewport(form.integer("width", 1, 16_384, 1280), form.integer("height", 1, 16_384, 720));
    }

    private static Action network(ActionForm form) {
        return new Gesture.Network(form.number("download", -1), form.number("upload", -1), form.number("latency", 0));
    }

    private static @Nullable Action close(YamlValue value) {
        if (!"window".equals(value.text("'close'"))) {
            value.problem("'close' must be: window");
            return null;
        }
        return new Gesture.Close();
    }

    private ActionForm form(String word, YamlValue value, @Nullable String shortKey) {
        return ActionForm.of(scope, word, value, shortKey);
    }
}
