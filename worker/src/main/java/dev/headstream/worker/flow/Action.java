package dev.headstream.worker.flow;

import dev.headstream.worker.flow.code.StepBody;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One thing that a step does to the page, one class each. Whoever performs or explains actions is a {@link Visitor}. */
public sealed interface Action
        permits Action.Navigate,
                Action.Fill,
                Action.Click,
                Action.Press,
                Action.Select,
                Action.Check,
                Action.Hover,
                Action.WaitFor,
                Action.WaitForText,
                Action.WaitForUrl,
                Action.Extract,
                Action.AssertText,
                Action.Screenshot,
                Action.Evaluate,
                Action.Call,
                Gesture,
                Wait,
                Group {

    /** Calls the visitor's method for this action. */
    <R> R accept(Visitor<R> visitor);

    /** The word that the flow language has for it. */
    String word();

    /** The selector that it works on, if it works on one. */
    default Optional<Selector> target() {
        return Optional.empty();
    }

    /** When a navigation counts as done. */
    enum WaitUntil {
        COMMIT,
        DOMCONTENTLOADED,
        LOAD,
        NETWORKIDLE
    }

    /** What a waited-for element must be. */
    enum State {
        ATTACHED,
        DETACHED,
        VISIBLE,
        HIDDEN
    }

    /** How a text is compared. */
    enum Comparison {
        CONTAINS,
        EQUALS,
        MATCHES
    }

    /** Which option of a list is selected. */
    enum OptionBy {
        VALUE,
        LABEL,
        INDEX
    }

    /** Goes to a URL; one that begins with a slash is taken from the flow's site. */
    record Navigate(Template url, WaitUntil until) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.navigate(this);
        }

        @Override
        public String word() {
            return "navigate";
        }
    }

    /** Replaces the content of a field. */
    record Fill(Selector selector, Template value) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.fill(this);
        }

        @Override
        public String word() {
            return "fill";
        }

        @Override
        public Optional<Selector> target() {
            return Optional.of(selector);
        }
    }

    /** A button of the mouse. */
    enum Button {
        LEFT,
        RIGHT,
        MIDDLE
    }

    /** A point within an element, in CSS pixels from its upper left corner. */
    record Point(double x, double y) {}

    /**
     * Clicks an element that is visible, stable and enabled.
     *
     * @param at where; empty for its middle
     * @param force whether to click although something else lies over it
     */
    record Click(
            Selector selector, int count, Button button, Optional<Point> at, boolean force, Optional<Duration> hold)
            implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.click(this);
        }

        @Override
        public String word() {
            return "click";
        }

        @Override
        public Optional<Selector> target() {
            return Optional.of(selector);
        }
    }

    /** Presses a key or a combination, on an element or wherever the focus is. */
    record Press(Optional<Selector> selector, String key) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.press(this);
        }

        @Override
        public String word() {
            return "press";
        }

        @Override
        public Optional<Selector> target() {
            return selector;
        }
    }

    /** Selects an option of a list. */
    record Select(Selector selector, OptionBy by, Template option) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.select(this);
        }

        @Override
        public String word() {
            return "select";
        }

        @Override
        public Optional<Selector> target() {
            return Optional.of(selector);
        }
    }

    /** Ticks or clears a box. */
    record Check(Selector selector, boolean checked) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.check(this);
        }

        @Override
        public String word() {
            return checked ? "check" : "uncheck";
        }

        @Override
        public Optional<Selector> target() {
            return Optional.of(selector);
        }
    }

    /** Moves the pointer over an element. */
    record Hover(Selector selector) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.hover(this);
        }

        @Override
        public String word() {
            return "hover";
        }

        @Override
        public Optional<Selector> target() {
            return Optional.of(selector);
        }
    }

    /** Waits until an element (the first, if there are several) is in a state. */
    record WaitFor(Selector selector, State state) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.waitFor(this);
        }

        @Override
        public String word() {
            return "waitFor";
        }

        @Override
        public Optional<Selector> target() {
            return Optional.of(selector);
        }
    }

    /** Waits until a text is visible, anywhere or within an element. */
    record WaitForText(Optional<Selector> selector, Template text) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.waitForText(this);
        }

        @Override
        public String word() {
            return "waitForText";
        }
    }

    /** Waits until the page's URL matches: {@code **} stands for anything, {@code *} for anything but a slash. */
    record WaitForUrl(Template url) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.waitForUrl(this);
        }

        @Override
        public String word() {
            return "waitForUrl";
        }
    }

    /**
     * Reads values into outputs and variables.
     *
     * @param adds whether lists and tables are added to what the step has of them already
     */
    record Extract(Map<String, Extraction> values, boolean adds) implements Action {
        public Extract {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.extract(this);
        }

        @Override
        public String word() {
            return "extract";
        }
    }

    /** Waits until an element (or the page) has a text, and fails as an assertion if it never does. */
    record AssertText(Optional<Selector> selector, Comparison comparison, Template text) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.assertText(this);
        }

        @Override
        public String word() {
            return "assertText";
        }

        @Override
        public Optional<Selector> target() {
            return selector;
        }
    }

    /** Stores a picture of the page or of an element as an artifact. */
    record Screenshot(String name, Optional<Selector> selector, boolean fullPage) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.screenshot(this);
        }

        @Override
        public String word() {
            return "screenshot";
        }

        @Override
        public Optional<Selector> target() {
            return selector;
        }
    }

    /**
     * Runs a script in the page: an expression, or a function of one object that holds {@code args}. References are for
     * the arguments only, so that no value becomes code.
     */
    record Evaluate(String script, Map<String, Template> args, Optional<String> into) implements Action {
        public Evaluate {
            args = Collections.unmodifiableMap(new LinkedHashMap<>(args));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.evaluate(this);
        }

        @Override
        public String word() {
            return "evaluate";
        }
    }

    /**
     * Runs the function of a step that is written in Java.
     *
     * @param sets the outputs and variables that it sets
     */
    record Call(StepBody body, Set<String> sets) implements Action {
        public Call {
            sets = Collections.unmodifiableSet(new LinkedHashSet<>(sets));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.call(this);
        }

        @Override
        public String word() {
            return "code";
        }
    }

    /** One method for each action. */
    interface Visitor<R> {
        R navigate(Navigate action);

        R fill(Fill action);

        R click(Click action);

        R press(Press action);

        R select(Select action);

        R check(Check action);

        R hover(Hover action);

        R waitFor(WaitFor action);

        R waitForText(WaitForText action);

        R waitForUrl(WaitForUrl action);

        R extract(Extract action);

        R assertText(AssertText action);

        R screenshot(Screenshot action);

        R evaluate(Evaluate action);

        R call(Call action);

        R gesture(Gesture action);

        R wait(Wait action);

        R group(Group action);
    }
}
