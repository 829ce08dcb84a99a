package dev.headstream.worker.flow.recorder;

import dev.headstream.worker.flow.yaml.YamlMap;
import dev.headstream.worker.flow.yaml.YamlValue;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One step of a recording.
 *
 * @param type as the Recorder calls it
 * @param action the action that does the same, an item of a flow's list; empty for what does nothing
 * @param timeout how long it may take
 * @param hosts that it names
 * @param path of the page that it opens
 */
record RecordedStep(String type, Optional<String> action, Duration timeout, List<String> hosts, Optional<String> path) {
    private static final Set<String> READING =
            Set.of("navigate", "setViewport", "emulateNetworkConditions", "scroll", "hover", "waitForElement", "close");
    private static final Map<String, String> BUTTONS =
            Map.of("primary", "left", "secondary", "right", "auxiliary", "middle");

    RecordedStep {
        hosts = List.copyOf(hosts);
    }

    boolean isNavigation() {
        return type.equals("navigate") && path.isPresent();
    }

    /** Whether it only looks. */
    boolean isReading() {
        return READING.contains(type);
    }

    /** Reads a step; null with the problem noted if it is none. */
    static @Nullable RecordedStep read(YamlValue value, Duration usual) {
        YamlMap map = value.names("a step");
        YamlValue typeValue = map == null ? null : map.required("type", "what was done, as in \"click\"");
        String type = typeValue == null ? null : typeValue.text("'type'");
        if (map == null || typeValue == null || type == null) {
            return null;
        }
        Fields fields = new Fields(map);
        Optional<String> body = body(type, fields, typeValue);
        Integer limit = fields.integer("timeout", 1, 3_600_000);
        Duration timeout = limit == null ? usual : Duration.ofMillis(limit);
        List<String> hosts = new ArrayList<>();
        addHost(hosts, fields.text("url"));
        fields.assertedUrls().forEach(url -> addHost(hosts, url));
        String target = fields.text("target");
        boolean inWindow = target != null && !target.equals("main");
        if (inWindow) {
            addHost(hosts, target);
        }
        boolean opens = type.equals("navigate") && !inWindow && fields.frame().isEmpty();
        String url = fields.text("url");
        return new RecordedStep(
                type,
                body.map(action -> "      - " + placed(action, type, fields, timeout, inWindow ? target : null) + "\n"),
                timeout,
                hosts,
                opens && url != null ? Optional.of(path(url)) : Optional.empty());
    }

    /** The action with the wait for the page that it leads to, in its frame and in its window. */
    private static String placed(String action, String type, Fields fields, Duration timeout, @Nullable String window) {
        String placed = action;
        if (fields.leadsElsewhere() && !type.equals("navigate")) {
            placed = "{waitForNavigation: [" + placed + "]}";
        }
        if (!fields.frame().isEmpty()) {
            placed = "{frame: {path: " + fields.frame() + ", do: [" + placed + "]}}";
        }
        if (window != null) {
            placed = "{popup: {url: " + Fields.quoted(window) + ", do: [" + placed + "]}}";
        }
        boolean isPage = type.equals("navigate") && fields.integer("timeout", 1, 3_600_000) == null;
        return isPage ? placed : placed.substring(0, placed.length() - 1) + ", timeout: " + timeout.toMillis() + "ms}";
    }

    private static Optional<String> body(String type, Fields fields, YamlValue at) {
        return switch (type) {
            case "navigate" -> Optional.of("{navigate: " + fields.needed("url") + "}");
            case "click" -> Optional.of("{click: {" + click(fields) + "}}");
            case "doubleClick" -> Optional.of("{click: {" + click(fields) + ", count: 2}}");
            case "hover" -> Optional.of("{hover: {selector: " + fields.selectors(true) + "}}");
            case "change" ->
                Optional.of(
                        "{change: {selector: " + fields.selectors(true) + ", value: " + fields.needed("value") + "}}");
            case "keyDown", "keyUp" -> Optional.of("{" + type + ": " + fields.verbatim("key") + "}");
            case "scroll" ->
                Optional.of("{scroll: {x: " + fields.number("x", "0") + ", y: " + fields.number("y", "0")
                        + (fields.has("selectors") ? ", selector: " + fields.selectors(true) : "") + "}}");
            case "setViewport" ->
                Optional.of(
                        "{viewport: {width: " + fields.whole("width") + ", height: " + fields.whole("height") + "}}");
            case "emulateNetworkConditions" ->
                Optional.of("{network: {download: " + fields.number("download", null)
                        + ", upload: " + fields.number("upload", null) + ", latency: " + fields.number("latency", null)
                        + "}}");
            case "waitForElement" -> Optional.of(element(fields));
            case "waitForExpression" -> Optional.of("{waitForScript: " + fields.verbatim("expression") + "}");
            case "close" -> Optional.of("{close: window}");
            case "customStep" -> {
                String unused = fields.needed("name");
                yield Optional.empty();
            }
            default -> {
                at.problem("'" + type + "' is not a step of the Recorder (it has navigate, click, doubleClick, hover,"
                        + " change, keyDown, keyUp, scroll, setViewport, emulateNetworkConditions, waitForElement,"
                        + " waitForExpression, close, customStep)");
                yield Optional.empty();
            }
        };
    }

    /** The Recorder clicks at a point, whatever lies there. */
    private static String click(Fields fields) {
        StringBuilder click = new StringBuilder("selector: " + fields.selectors(true));
        click.append(", x: ").append(fields.number("offsetX", null));
        click.append(", y: ").append(fields.number("offsetY", null)).append(", force: true");
        String button = fields.text("button");
        if (button != null) {
            String known = BUTTONS.get(button);
            if (known == null) {
                fields.problem(
                        "button",
                        "the button '" + button + "' cannot be pressed here (primary, secondary and"
                                + " auxiliary can): for back and forward, record the page that it leads to");
            }
            click.append(", button: ").append(known == null ? "left" : known);
        }
        Integer hold = fields.integer("duration", 0, 600_000);
        return hold == null || hold == 0 ? click.toString() : click + ", hold: " + hold + "ms";
    }

    private static String element(Fields fields) {
        StringBuilder wait = new StringBuilder("{waitForElement: {selector: " + fields.selectors(true));
        String operator = fields.text("operator");
        if (operator != null) {
            wait.append(", operator: ").append(Fields.quoted(operator));
        }
        if (fields.has("count")) {
            wait.append(", count: ").append(fields.whole("count"));
        }
        for (String key : List.of("visible", "properties", "attributes")) {
            fields.json(key)
                    .ifPresent(
                            json -> wait.append(", ").append(key).append(": ").append(json));
        }
        return wait.append("}}").toString();
    }

    private static void addHost(List<String> hosts, @Nullable String url) {
        try {
            URI uri = url == null ? null : URI.create(url.replaceAll("[^\\x21-\\x7e].*|[|{}\"<>^`\\\\].*", ""));
            if (uri != null
                    && uri.getHost() != null
                    && String.valueOf(uri.getScheme()).matches("(?i)https?")) {
                hosts.add(uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort());
            }
        } catch (IllegalArgumentException e) {
            // an address that is none names no host; that it cannot be opened is said where it is opened
        }
    }

    private static String path(String url) {
        return url.replaceFirst("^[a-zA-Z]+://", "").replaceFirst("[?#].*", "").replaceFirst("/+$", "");
    }
}
