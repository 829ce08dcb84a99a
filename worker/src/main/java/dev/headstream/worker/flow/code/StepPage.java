package dev.headstream.worker.flow.code;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the function of a step works with: the page, and the values of its job. Each call is an action as in a flow file:
 * it waits for its element, is timed, fails with what is closest on the page, and may go to allowed hosts only. Selectors
 * are those of flow files; no text that is handed in is read as a reference. To be used on the thread that it is given on,
 * until the step ends.
 */
public interface StepPage {

    /** The value of an input; declared by {@code uses("inputs.NAME")}. Empty if the job gave none. */
    String input(String name);

    /** What an earlier step has set, as text; declared by {@code uses("NAME")}. Empty if it has set nothing. */
    String variable(String name);

    /** The flow's base URL; declared by {@code uses("site")}. */
    String site();

    /** The job's id; declared by {@code uses("job.id")}. */
    String jobId();

    /** Job id and step name, the same in every attempt; declared by {@code uses("step.key")}. */
    String stepKey();

    /**
     * Sets an output or a variable, declared by {@code sets("NAME")}: a text, a number, a list, a map, whatever Jackson
     * makes JSON of that fits the declared type.
     */
    void set(String name, @Nullable Object value);

    /** Goes to a URL; one that begins with a slash is taken from the flow's site. */
    void navigate(String url);

    /** Replaces the content of a field. */
    void fill(String selector, String value);

    /** Types a secret, which nobody gets to see; declared by {@code uses("secret:NAME")}. */
    void fillSecret(String selector, String secret);

    /** Types the one-time code of the moment that a secret makes; declared by {@code uses("totp:NAME")}. */
    void fillOneTimeCode(String selector, String secret);

    void click(String selector);

    /** Presses a key or a combination, as in {@code Enter}, on an element. */
    void press(String selector, String key);

    /** Selects the option of a list that has this value. */
    void select(String selector, String value);

    void check(String selector, boolean checked);

    void hover(String selector);

    /** Waits until an element is visible. */
    void waitFor(String selector);

    /** Waits until an element is not visible any more. */
    void waitUntilHidden(String selector);

    /** Waits until a text is visible anywhere. */
    void waitForText(String text);

    /** Waits until the page's URL matches: {@code **} is anything, {@code *} anything but a slash. */
    void waitForUrl(String pattern);

    /** The visible text of an element, which it waits for. */
    String text(String selector);

    /** The visible texts of all elements that there are now. */
    List<String> texts(String selector);

    /** An attribute of an element, which it waits for; empty if the element has none of that name. */
    Optional<String> attribute(String selector, String name);

    /** How many elements there are now. */
    int count(String selector);

    /** Whether there is a visible element now. */
    boolean isVisible(String selector);

    /** The page's URL. */
    String url();

    /** Runs a script in the page, as {@code evaluate} of a flow file does: a function of one object with the arguments. */
    @Nullable
    Object evaluate(String script, Map<String, ?> arguments);

    /** Stores a picture of the page as an artifact. */
    void screenshot(String name);

    /** The same page for calls that together may not take longer than that. */
    StepPage within(Duration atMost);

    /** An error that says that the page is not as it should be: to be thrown. The job fails as ASSERTION_FAILED. */
    RuntimeException failure(String message);
}
