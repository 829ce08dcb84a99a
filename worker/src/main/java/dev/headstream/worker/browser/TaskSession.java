package dev.headstream.worker.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import dev.headstream.worker.browser.BrowserFailureException.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** What a task sees of its lane. Confined to the lane's thread. */
final class TaskSession implements LaneSession {
    private final Link link;
    private final Deadlines deadlines;
    private final Deadlines.Scope scope;
    private final BrowserContext context;
    private final Page page;
    private final Optional<String> kept;
    private Optional<Wish> wish = Optional.empty();
    private boolean told;

    /** What the task wants to be kept. */
    record Wish(String note, boolean renewed) {}

    /** @param kept the note of the task before, in a session that goes on */
    TaskSession(
            Link link,
            Deadlines deadlines,
            Deadlines.Scope scope,
            BrowserContext context,
            Page page,
            Optional<String> kept) {
        this.kept = kept;
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
    public Optional<String> kept() {
        return kept;
    }

    @Override
    public void keep(String note, boolean renewed) {
        wish = Optional.of(new Wish(note, renewed));
    }

    /** Whether the task wants its session to be kept. */
    Optional<Wish> wish() {
        return wish;
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
        link.catchUp(context);
        // a page closes a few milliseconds before the connection does when Chromium ends, but also by itself
        if (link.isClosed() || (page.isClosed() && link.closesWithin(Link.AFTERMATH))) {
            throw tell(Kind.DISCONNECTED, "the browser went away: " + link.closedBecause());
        }
        if (link.crashed()) {
            throw tell(Kind.PAGE_CRASHED, "the page crashed");
        }
    }

    private BrowserFailureException tell(Kind kind, String message) {
        told = true;
        return new BrowserFailureException(kind, message);
    }

    /** Whether the task was told that its page or its browser is gone, and so has answered knowing it. */
    boolean told() {
        return told;
    }
}
