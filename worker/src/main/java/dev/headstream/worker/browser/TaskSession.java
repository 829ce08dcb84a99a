package dev.headstream.worker.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import dev.headstream.worker.browser.BrowserFailureException.Kind;
import java.time.Duration;
import java.util.concurrent.Callable;

/** What a task sees of its lane. Confined to the lane's thread. */
final class TaskSession implements LaneSession {
    private final Link link;
    private final Deadlines deadlines;
    private final Deadlines.Scope scope;
    private final BrowserContext context;
    private final Page page;

    TaskSession(Link link, Deadlines deadlines, Deadlines.Scope scope, BrowserContext context, Page page) {
        this.link = link;
        this.deadlines = deadlines;
        this.scope = scope;
        this.context = context;
        this.page = page;
    }

    @Override
    public BrowserContext context() {
        return context;
    }

    @Override
    public Page page() {
        return page;
    }

    @Override
    public <T> T within(Duration timeout, Callable<T> body) throws Exception {
        return deadlines.within(timeout, body);
    }

    @Override
    public Duration remaining() {
        return scope.remaining();
    }

    @Override
    public void checkAlive() {
        if (link.isClosed()) {
            throw new BrowserFailureException(Kind.DISCONNECTED, "the browser went away: " + link.closedBecause());
        }
        if (link.crashed()) {
            throw new BrowserFailureException(Kind.PAGE_CRASHED, "the page crashed");
        }
    }
}
