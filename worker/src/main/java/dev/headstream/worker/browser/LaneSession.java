package dev.headstream.worker.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * What a task sees of the lane that it runs on: one fresh browser context with one page. Confined to the lane's thread,
 * on which blocking is allowed.
 */
public interface LaneSession {

    /** The context of this task; closed by the lane when the task ends. */
    BrowserContext context();

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
