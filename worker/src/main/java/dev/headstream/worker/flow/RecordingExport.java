package dev.headstream.worker.flow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts a flow into a recording of the Chrome DevTools Recorder, as far as the Recorder can do what it does: what it knows
 * are single actions, without conditions, values that are read, and secrets.
 */
public final class RecordingExport {
    private final ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private final Flow flow;
    private final Map<String, String> inputs;

    private RecordingExport(Flow flow, Map<String, String> inputs) {
        this.flow = flow;
        this.inputs = Map.copyOf(inputs);
    }

    /**
     * The recording.
     *
     * @param inputs what stands in it for references to inputs; otherwise these have their defaults
     * @throws IllegalArgumentException naming the action that cannot be exported, its line and why
     */
    public static String of(Flow flow, Map<String, String> inputs) {
        return new RecordingExport(flow, inputs).write();
    }

    private String write() {
        ObjectNode recording =
                json.createObjectNode().put("title", flow.description().orElse(flow.name()));
        ArrayNode steps = recording.putArray("steps");
        flow.steps().forEach(step -> step.instructions().forEach(instruction -> {
            try {
                add(steps, instruction);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "line " + instruction.line() + ": '"
                                + instruction.action().word() + "' in step '" + step.name() + "' cannot be exported: "
                                + e.getMessage(),
                        e);
            }
        }));
        try {
            return json.writeValueAsString(recording) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }

    private void add(ArrayNode steps, Instruction instruction) {
        if (instruction.optional() || instruction.dialog().isPresent()) {
            throw new IllegalArgumentException("the Recorder has no optional actions and answers no dialogs");
        }
        Action action = instruction.action();
        int before = steps.size();
        if (action instanceof Action.Navigate navigate) {
            steps.addObject().put("type", "navigate").put("url", absolute(text(navigate.url())));
        } else if (action instanceof Action.Click click) {
            click(steps, click);
        } else if (action instanceof Action.Fill fill) {
            of("change", steps, fill.selector()).put("value", text(fill.value()));
        } else if (action instanceof Gesture.Change change) {
            of("change", steps, change.selector()).put("value", text(change.value()));
        } else if (action instanceof Action.Select select && select.by() == Action.OptionBy.VALUE) {
            of("change", steps, select.selector()).put("value", text(select.option()));
        } else if (action instanceof Action.Press press
                && press.selector().isEmpty()
                && !press.key().contains("+")) {
            steps.addObject().put("type", "keyDown").put("key", press.key());
            steps.addObject().put("type", "keyUp").put("key", press.key());
        } else if (action instanceof Gesture.Key key) {
            steps.addObject().put("type", key.word()).put("key", key.key());
        } else if (action instanceof Action.Hover hover) {
            of("hover", steps, hover.selector());
        } else if (action instanceof Action.WaitFor waitFor) {
            boolean there = waitFor.state() == Action.State.VISIBLE || waitFor.state() == Action.State.ATTACHED;
            of("waitForElement", steps, waitFor.selector()).put("visible", there);
        } else if (action instanceof Wait.ForScript script) {
            steps.addObject().put("type", "waitForExpression").put("expression", script.script());
        } else if (action instanceof Wait.ForElements elements
                && elements.properties().isEmpty()) {
            ObjectNode step = of("waitForElement", steps, elements.selector())
                    .put("operator", elements.operator().sign())
                    .put("count", elements.count())
                    .put("visible", elements.holds());
            elements.attributes()
                    .forEach((name, value) -> step.withObject("/attributes").put(name, value));
        } else if (action instanceof Gesture.Scroll scroll && scroll.where() instanceof Gesture.Where.At at) {
            ObjectNode step = scroll.within()
                    .map(box -> of("scroll", steps, box))
                    .orElseGet(() -> steps.addObject().put("type", "scroll"));
            step.put("x", at.x()).put("y", at.y());
        } else if (action instanceof Gesture.Viewport size) {
            steps.addObject()
                    .put("type", "setViewport")
                    .put("width", size.width())
                    .put("height", size.height())
                    .put("deviceScaleFactor", 1)
                    .put("isMobile", false)
                    .put("hasTouch", false)
                    .put("isLandscape", false);
        } else if (action instanceof Gesture.Network network) {
            steps.addObject()
                    .put("type", "emulateNetworkConditions")
                    .put("download", network.download())
                    .put("upload", network.upload())
                    .put("latency", network.latencyMillis());
        } else if (action instanceof Group.ForNavigation group) {
            group.instructions().forEach(nested -> add(steps, nested));
            ((ObjectNode) steps.get(steps.size() - 1))
                    .putArray("assertedEvents")
                    .addObject()
                    .put("type", "navigation");
        } else {
            throw new IllegalArgumentException("the Recorder has no such step; take it out of what is exported");
        }
        instruction.timeout().ifPresent(limit -> {
            for (int i = before; i < steps.size(); i++) {
                ((ObjectNode) steps.get(i)).put("timeout", limit.toMillis());
            }
        });
    }

    private static void click(ArrayNode steps, Action.Click click) {
        ObjectNode step = of(click.count() == 2 ? "doubleClick" : "click", steps, click.selector());
        step.put("offsetX", click.at().map(Action.Point::x).orElse(1.0));
        step.put("offsetY", click.at().map(Action.Point::y).orElse(1.0));
        if (click.button() != Action.Button.LEFT) {
            step.put("button", click.button() == Action.Button.RIGHT ? "secondary" : "auxiliary");
        }
        click.hold().ifPresent(hold -> step.put("duration", hold.toMillis()));
    }

    private static ObjectNode of(String type, ArrayNode steps, Selector selector) {
        ObjectNode step = steps.addObject().put("type", type);
        ArrayNode selectors = step.putArray("selectors");
        selector.variants().forEach(variant -> {
            ArrayNode chain = selectors.addArray();
            List.of(variant.raw().split("\\s*>>>\\s*")).forEach(part -> chain.add(recorded(part, variant)));
        });
        return step;
    }

    private static String recorded(String selector, Template variant) {
        if (!variant.isLiteral()) {
            throw new IllegalArgumentException("its selector '" + selector + "' refers to a value");
        }
        if (selector.startsWith("xpath=")) {
            return "xpath/" + selector.substring("xpath=".length());
        }
        if (selector.startsWith("//")) {
            return "xpath/" + selector;
        }
        if (selector.startsWith("text=")) {
            return "text/" + selector.substring("text=".length()).replaceAll("^[\"']|[\"']$", "");
        }
        if (selector.matches(
                "(?s)(role|id|data-testid|css|internal:\\w+)=.*|.* >> .*|.*:(has-text|visible|nth-match)\\b.*")) {
            throw new IllegalArgumentException(
                    "the Recorder cannot read its selector '" + selector + "': write CSS," + " xpath=, text= or aria/");
        }
        return selector;
    }

    private String text(Template template) {
        return template.render(this::value);
    }

    private String value(Reference reference) {
        if (reference instanceof Reference.Input input) {
            return Optional.ofNullable(inputs.get(input.name()))
                    .or(() ->
                            Optional.ofNullable(flow.inputs().get(input.name())).flatMap(InputSpec::defaultValue))
                    .orElseThrow(() -> new IllegalArgumentException("the input '" + input.name()
                            + "' has no value: give it with --input " + input.name() + "=..."));
        }
        if (reference instanceof Reference.Site && flow.site().isPresent()) {
            return text(flow.site().get());
        }
        throw new IllegalArgumentException(
                reference.isSecret()
                        ? "a recording must not hold secrets"
                        : "what it refers to is known only when a job runs");
    }

    private String absolute(String url) {
        return url.startsWith("/") && flow.site().isPresent()
                ? text(flow.site().get()).replaceFirst("/+$", "") + url
                : url;
    }
}
