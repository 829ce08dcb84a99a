package dev.headstream.worker.run;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Page;
import dev.headstream.worker.egress.HostPolicy;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sees every page that a main frame of the context shows, whatever led there (redirects, scripts, popups), and remembers
 * the first that the flow does not allow. Playwright tells of it during its calls, so it is asked after each.
 */
final class HostWatch implements AutoCloseable {
    private static final String ERROR_PAGE = "chrome-error:";

    private final HostPolicy policy;
    private final BrowserContext context;
    private final Consumer<Page> newPages = this::opened;
    private @Nullable String refused;
    private boolean errorPage;

    private HostWatch(HostPolicy policy, BrowserContext context) {
        this.policy = policy;
        this.context = context;
    }

    /** Watches a page and those that its context opens, for as long as they live. */
    static HostWatch on(Page page, HostPolicy policy) {
        HostWatch watch = new HostWatch(policy, page.context());
        watch.follow(page);
        watch.context.onPage(watch.newPages);
        return watch;
    }

    /** A window is told of when it has its first document already, so that one is looked at by itself. */
    private void opened(Page page) {
        follow(page);
        if (isLoaded(page.url())) {
            look(page, page.mainFrame());
        }
    }

    private void follow(Page page) {
        Consumer<Frame> look = frame -> look(page, frame);
        page.onFrameNavigated(look);
    }

    private void look(Page page, Frame frame) {
        if (frame.parentFrame() != null) {
            return;
        }
        String url = frame.url();
        errorPage = url.startsWith(ERROR_PAGE) && page.equals(frame.page());
        if (refused == null && !url.startsWith(ERROR_PAGE) && !policy.permits(url)) {
            refused = url;
        }
    }

    /** Fails if a URL must not be opened. */
    void checkBefore(String url) {
        if (!policy.permits(url)) {
            throw new StepFailureException(FailureKind.HOST_NOT_ALLOWED, policy.refusal(url));
        }
    }

    /** Fails if a frame within a page shows what the flow must not act on: its document is loaded, its URL is free to move. */
    void checkWithin(Frame frame) {
        if (frame.parentFrame() != null && isLoaded(frame.url())) {
            checkBefore(frame.url());
        }
    }

    /** Whether it is a document of a host; blank ones and those that a page writes itself are its own. */
    private static boolean isLoaded(String url) {
        return url.startsWith("http:") || url.startsWith("https:");
    }

    /** Fails if a page went where it must not, or nowhere. */
    void check() {
        if (refused != null) {
            throw new StepFailureException(FailureKind.HOST_NOT_ALLOWED, policy.refusal(refused));
        }
        if (errorPage) {
            throw new StepFailureException(
                    FailureKind.NAVIGATION_FAILED, "the page led to an address that could not be loaded");
        }
    }

    /** Stops to look: the context may serve another job, with a policy of its own. */
    @Override
    public void close() {
        context.offPage(newPages);
    }
}
