package dev.headstream.worker.run;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.WebError;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last warnings and errors that the pages of a run wrote to their console, and the last errors that nobody caught.
 * A page that floods its console is no longer listened to, so that it costs its own lane little and the others nothing.
 * Confined to the lane's thread.
 */
final class PageLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PageLog.class);
    private static final int KEPT = 100;
    private static final int HEARD = 1_000;
    private static final int LENGTH = 500;
    private static final Set<String> TYPES = Set.of("warning", "error", "assert");

    private final BrowserContext context;
    private final Consumer<ConsoleMessage> messages = this::said;
    private final Consumer<WebError> errors = this::threw;
    private final Deque<String> lines = new ArrayDeque<>();
    private int heard;
    private boolean listens = true;

    private PageLog(BrowserContext context) {
        this.context = context;
    }

    static PageLog on(BrowserContext context) {
        PageLog log = new PageLog(context);
        context.onConsoleMessage(log.messages);
        context.onWebError(log.errors);
        return log;
    }

    private void said(ConsoleMessage message) {
        if (!listens) {
            return; // told before the browser knew
        }
        if (++heard > HEARD) {
            keep("(the console is no longer listened to: more than " + HEARD + " messages)");
            close();
        } else if (TYPES.contains(message.type())) {
            keep("console " + message.type() + ": " + message.text());
        }
    }

    private void threw(WebError error) {
        if (listens) {
            keep("uncaught: " + error.error());
        }
    }

    private void keep(String line) {
        lines.addLast(line.length() > LENGTH ? line.substring(0, LENGTH) + "..." : line);
        if (lines.size() > KEPT) {
            lines.removeFirst();
        }
    }

    /** What was heard, a line each; empty if there was nothing. */
    String text() {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    /** Stops to listen; what is lost with a connection need not be told so. */
    @Override
    public void close() {
        if (!listens) {
            return;
        }
        listens = false;
        try {
            context.offConsoleMessage(messages);
            context.offWebError(errors);
        } catch (PlaywrightException e) {
            LOG.atDebug().setMessage("gone with its connection").setCause(e).log();
        }
    }
}
