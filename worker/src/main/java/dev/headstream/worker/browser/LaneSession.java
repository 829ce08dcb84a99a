package dev.headstream.worker.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * What a task sees of the lane that it runs on: one browser context with one page, fresh unless it was {@link #kept()}.
 * Confined to the lane's thread, on which blocking is allowed.
 */
public interface LaneSession {

    /** The context of this task; closed by the lane when the task ends, unless it is to be kept. */
    BrowserContext context();

    /** What the task before in this session noted when it asked for it to be kept; empty in a new session. */
    Optional<String> kept();

    /**
     * Asks for the session, the context without its pages, to be kept for the next task under the same {@link Keep#key()}.
     * Only for a task that went well: one that ends without asking ends its session, too. Has no effect on a task that runs
     * without a {@link Keep}.
     *
     * @param note what the next task has to know
     * @param renewed whether the task has made the session anew, so that its uses and time count from here
     */
    void keep(String note, boolean renewed);

    /** The page that the task works in; popups are found through {@link #context()}. */
    Page page();

    /**
     * Runs a body under a deadline of its own, within the one that the task has already. Playwright's own timeouts are
     * none ({@code evaluate} never times out, and its timers live in Node): a watchdog interrupts the lane's thread.
     *
     * @throws DeadlineExceededException if the deadline passed, whatever the body threw because of it
     */
    <T> T within(Duration timeout, Callable<T> body) throws Exception;

    /** What is left of the task's own deadline; never negative. */
    Duration remaining();

    /**
     * Fails if the page crashed or the browser went away. Playwright answers some calls on a crashed page with an empty
     * value: check after each step.
     *
     * @throws BrowserFailureException naming what happened
     */
    void checkAlive();
}
