package dev.headstream.worker.run;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.TimeoutError;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sees the requests of a step, to tell when none is under way any more. Only for steps that wait for it, because every
 * request then crosses to the worker. Confined to the lane's thread.
 */
final class Traffic implements AutoCloseable {
    /** Sees nothing. */
    static final Traffic UNSEEN = new Traffic(null);

    private final @Nullable BrowserContext context;
    private final Set<Request> open = new HashSet<>();
    private final Consumer<Request> begun = this::begun;
    private final Consumer<Request> ended = this::ended;
    private long lastChange = System.nanoTime();

    private Traffic(@Nullable BrowserContext context) {
        this.context = context;
    }

    static Traffic of(BrowserContext context) {
        Traffic traffic = new Traffic(context);
        context.onRequest(traffic.begun);
        context.onRequestFinished(traffic.ended);
        context.onRequestFailed(traffic.ended);
        return traffic;
    }

    private void begun(Request request) {
        // an event stream never ends: who waits for that waits for ever
        if (!request.resourceType().equals("eventsource")) {
            open.add(request);
        }
        lastChange = System.nanoTime();
    }

    private void ended(Request request) {
        open.remove(request);
        lastChange = System.nanoTime();
    }

    /** Waits until nothing was under way for a while. */
    void awaitQuiet(Page page, Duration quiet, double timeoutMillis) {
        try {
            page.waitForCondition(
                    () -> open.isEmpty() && System.nanoTime() - lastChange >= quiet.toNanos(),
                    new Page.WaitForConditionOptions().setTimeout(timeoutMillis));
        } catch (TimeoutError e) {
            throw new StepFailureException(
                    FailureKind.ACTION_TIMEOUT,
                    open.isEmpty() ? "requests kept coming" : open.size() + " requests were still under way",
                    e);
        }
    }

    @Override
    public void close() {
        if (context != null) {
            context.offRequest(begun);
            context.offRequestFinished(ended);
            context.offRequestFailed(ended);
        }
    }
}
