package dev.headstream.worker.run;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.TimeoutError;
import dev.headstream.worker.browser.BrowserFailureException;
import dev.headstream.worker.flow.Action;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one place where what Playwright throws becomes a kind of failure and a message that says what was found.
 * Playwright's messages are all that there is to go by; the tests hold this against the real ones.
 */
final class Failures {
    private static final Pattern STRICT = Pattern.compile("strict mode violation.*?resolved to (\\d+) elements");
    private static final Pattern NETWORK = Pattern.compile("net::(ERR_[A-Z0-9_]+)");
    private static final Pattern BAD_SELECTOR = Pattern.compile(
            "while parsing|not a valid selector|Unknown engine|Unexpected token|Malformed selector|InvalidSelector");
    private static final Pattern CLOSED = Pattern.compile("has been closed|Connection closed|Target closed");
    private static final Pattern COVERED = Pattern.compile("(<[^\\n]*>) (?:from .* )?intercepts pointer events");
    private static final double STATE_TIMEOUT_MILLIS = 100;
    private static final int SHOWN_LENGTH = 300;

    private Failures() {}

    /**
     * Explains what an action threw.
     *
     * @throws BrowserFailureException if the connection is gone, which is no fault of the action
     */
    static StepFailureException explain(RuntimeException thrown, Action action, StepScope scope, Spot at) {
        if (thrown instanceof StepFailureException known) {
            return known.kind() == FailureKind.SELECTOR_NOT_FOUND
                    ? SelectorHints.added(known, action, scope, at)
                    : known;
        }
        if (thrown instanceof TimeoutError timeout) {
            return SelectorHints.added(timeout(timeout, action, scope, at), action, scope, at);
        }
        if (thrown instanceof PlaywrightException playwright) {
            return SelectorHints.added(byMessage(playwright, action, at.page(), scope), action, scope, at);
        }
        throw thrown;
    }

    private static StepFailureException timeout(TimeoutError thrown, Action action, StepScope scope, Spot at) {
        Optional<String> selector = scope.lastSelector();
        Page page = at.page();
        String log = text(thrown, scope);
        if (action instanceof Action.Navigate || action instanceof Action.WaitForUrl) {
            return new StepFailureException(
                    FailureKind.ACTION_TIMEOUT, "not there in time" + location(page, scope), thrown);
        }
        if (selector.isEmpty()) {
            String what = action instanceof Action.WaitForText ? "no visible element has the text" : firstLine(log);
            return new StepFailureException(FailureKind.ACTION_TIMEOUT, what + location(page, scope), thrown);
        }
        Optional<Integer> count = count(at, selector.get());
        if (count.isPresent() && count.get() == 0) {
            return new StepFailureException(
                    FailureKind.SELECTOR_NOT_FOUND, "no element matches" + location(page, scope), thrown);
        }
        String matched = count.map(n -> n == 1 ? "the element was found but " : n + " elements were found but ")
                .orElse("");
        return new StepFailureException(
                FailureKind.ACTION_TIMEOUT,
                matched
                        + obstacle(
                                action, log, at.frame().locator(selector.get()).first())
                        + location(page, scope),
                thrown);
    }

    private static String obstacle(Action action, String log, Locator element) {
        if (action instanceof Action.WaitFor waitFor) {
            return "not in the state " + waitFor.state().name().toLowerCase(java.util.Locale.ROOT);
        }
        if (action instanceof Action.WaitForText) {
            return "none has the text and is visible";
        }
        Matcher covered = COVERED.matcher(log);
        if (covered.find()) {
            return "is covered by " + shortened(covered.group(1));
        }
        if (log.contains("element is not enabled")) {
            return "is disabled";
        }
        if (log.contains("element is not editable")) {
            return "is read-only";
        }
        if (log.contains("element is not visible")) {
            return "is not visible";
        }
        return log.contains("element is not stable") ? "does not stop moving" : stateOf(element);
    }

    /** Where the log ends before Playwright looked at the element, as on a busy machine, the element itself is asked. */
    private static String stateOf(Locator element) {
        try {
            if (!element.isVisible()) {
                return "is not visible";
            }
            boolean disabled = element.isDisabled(new Locator.IsDisabledOptions().setTimeout(STATE_TIMEOUT_MILLIS));
            return disabled ? "is disabled" : "was not ready in time";
        } catch (PlaywrightException e) {
            return "was not ready in time";
        }
    }

    private static StepFailureException byMessage(
            PlaywrightException thrown, Action action, Page page, StepScope scope) {
        String message = text(thrown, scope);
        Matcher strict = STRICT.matcher(message.replace('\n', ' '));
        if (strict.find()) {
            return new StepFailureException(
                    FailureKind.SELECTOR_AMBIGUOUS,
                    strict.group(1) + " elements match, one is expected" + location(page, scope),
                    thrown);
        }
        Matcher network = NETWORK.matcher(message);
        if (network.find()) {
            return new StepFailureException(
                    FailureKind.NAVIGATION_FAILED, "the page could not be loaded: " + network.group(1), thrown);
        }
        if (message.contains("crashed")) {
            return new StepFailureException(FailureKind.PAGE_CRASHED, "the page crashed", thrown);
        }
        if (CLOSED.matcher(message).find()) {
            return closed(thrown, page, scope);
        }
        if (BAD_SELECTOR.matcher(message).find() && !(action instanceof Action.Evaluate)) {
            return new StepFailureException(
                    FailureKind.SELECTOR_INVALID, "the selector cannot be used: " + firstLine(message), thrown);
        }
        if (action instanceof Action.Navigate) {
            return new StepFailureException(FailureKind.NAVIGATION_FAILED, firstLine(message), thrown);
        }
        FailureKind kind = action instanceof Action.Evaluate ? FailureKind.SCRIPT_ERROR : FailureKind.ACTION_FAILED;
        return new StepFailureException(kind, firstLine(message), thrown);
    }

    private static StepFailureException closed(PlaywrightException thrown, Page page, StepScope scope) {
        if (page.isClosed()
                && page.context().browser() != null
                && page.context().browser().isConnected()) {
            return new StepFailureException(FailureKind.PAGE_CRASHED, "the page closed itself", thrown);
        }
        throw new BrowserFailureException(BrowserFailureException.Kind.DISCONNECTED, firstLine(text(thrown, scope)));
    }

    private static Optional<Integer> count(Spot at, String selector) {
        try {
            return Optional.of(at.frame().locator(selector).count());
        } catch (PlaywrightException e) {
            return Optional.empty();
        }
    }

    /** Where the page was, without its query, which may hold personal data. */
    private static String location(Page page, StepScope scope) {
        String url = scope.masked(page.url().split("[?#]", 2)[0]);
        return " (at " + shortened(url) + ")";
    }

    /** Masked before anything of it is cut off: a part of a secret would not be known for one. */
    private static String text(PlaywrightException thrown, StepScope scope) {
        return scope.masked(String.valueOf(thrown.getMessage()));
    }

    /** The message itself, out of the frame and the log that Playwright puts around it. */
    private static String firstLine(String message) {
        String inner = message.replaceFirst("(?s)^Error \\{\\s*message='", "").replaceAll("\u001b\\[[0-9;]*m", "");
        String line = inner.strip().lines().findFirst().orElse("failed");
        return shortened(line.replaceFirst("^(Error: )+", ""));
    }

    private static String shortened(String text) {
        return text.length() > SHOWN_LENGTH ? text.substring(0, SHOWN_LENGTH) + "..." : text;
    }
}
