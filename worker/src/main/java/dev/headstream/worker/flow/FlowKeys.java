package dev.headstream.worker.flow;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every key of the flow language, in the order in which messages name them; the JSON Schema is held against these. */
final class FlowKeys {
    static final List<String> FLOW = List.of(
            "flow",
            "version",
            "description",
            "site",
            "allowedHosts",
            "block",
            "inputs",
            "outputs",
            "variables",
            "context",
            "session",
            "budget",
            "timeout",
            "entry",
            "steps");
    static final List<String> INPUT =
            List.of("type", "required", "default", "maxLength", "pattern", "enum", "min", "max", "description");
    static final List<String> OUTPUT =
            List.of("type", "optional", "format", "locale", "items", "fields", "columns", "minItems", "description");
    static final List<String> VALUE = List.of("type", "optional", "format", "locale", "description");
    static final List<String> CONTEXT = List.of(
            "locale", "timezone", "userAgent", "viewport", "geolocation", "permissions", "basicAuth", "console");
    static final List<String> VIEWPORT = List.of("width", "height");
    static final List<String> GEOLOCATION = List.of("latitude", "longitude", "accuracy");
    static final List<String> BASIC_AUTH = List.of("username", "password");
    static final List<String> SESSION = List.of("key", "maxUses", "ttl", "login", "warm", "loggedOut");
    static final List<String> LOGGED_OUT = List.of("url", "selector");
    static final List<String> STEP =
            List.of("name", "description", "effect", "budget", "timeout", "onResume", "saveState", "cache", "do");
    /** And of one that is written in Java, whose function follows what is under {@code do}. */
    static final List<String> CODE_STEP = List.of(
            "name",
            "description",
            "effect",
            "budget",
            "timeout",
            "onResume",
            "saveState",
            "cache",
            "do",
            "uses",
            "sets");

    static final List<String> CACHE = List.of("key", "ttl", "negativeTtl", "shared");
    static final List<String> EXTRACTION = List.of("text", "each", "fields", "value", "table", "count");

    static final List<String> CONDITION =
            List.of("visible", "hidden", "text", "selector", "url", "value", "equals", "differs", "within");
    static final List<String> DIALOG = List.of("accept", "dismiss");
    static final List<String> FILE = List.of("file", "name", "text", "base64", "type");

    /** The actions, and the keys of each where it is written as a mapping. */
    static final Map<String, List<String>> ACTIONS = actions();

    /** Keys that may stand beside an action; the last two beside {@code if} only. */
    static final List<String> BESIDE_ACTION = List.of("timeout", "optional", "dialog", "then", "else");

    private FlowKeys() {}

    private static Map<String, List<String>> actions() {
        Map<String, List<String>> actions = new LinkedHashMap<>();
        actions.put("navigate", List.of("url", "until"));
        actions.put("fill", List.of("selector", "value"));
        actions.put("change", List.of("selector", "value"));
        actions.put("click", List.of("selector", "count", "button", "x", "y", "force", "hold"));
        actions.put("press", List.of("selector", "key"));
        actions.put("keyDown", List.of("key"));
        actions.put("keyUp", List.of("key"));
        actions.put("select", List.of("selector", "value", "label", "index"));
        actions.put("check", List.of("selector"));
        actions.put("uncheck", List.of("selector"));
        actions.put("hover", List.of("selector"));
        actions.put("drag", List.of("selector", "to"));
        actions.put("scroll", List.of("to", "by", "x", "y", "end", "selector"));
        actions.put("upload", List.of("selector", "files", "file", "name", "text", "base64", "type"));
        actions.put("waitFor", List.of("selector", "state"));
        actions.put("waitForElement", List.of("selector", "operator", "count", "visible", "properties", "attributes"));
        actions.put("waitForText", List.of("selector", "text"));
        actions.put("waitForUrl", List.of("url"));
        actions.put("waitForIdle", List.of("quiet"));
        actions.put("waitForScript", List.of("script"));
        actions.put("waitForResponse", List.of("url", "status", "do"));
        actions.put("waitForNavigation", List.of("do"));
        actions.put("extract", List.of());
        actions.put("assertText", List.of("selector", "contains", "equals", "matches"));
        actions.put("screenshot", List.of("name", "selector", "fullPage"));
        actions.put("evaluate", List.of("script", "args", "into"));
        actions.put("if", CONDITION);
        actions.put("repeat", List.of("max", "while", "until", "nextPage", "changes", "do"));
        actions.put("frame", List.of("selector", "name", "url", "path", "do"));
        actions.put("popup", List.of("url", "close", "do"));
        actions.put("download", List.of("click", "do", "name", "into"));
        actions.put("viewport", VIEWPORT);
        actions.put("network", List.of("download", "upload", "latency"));
        actions.put("close", List.of());
        return Collections.unmodifiableMap(actions);
    }
}
