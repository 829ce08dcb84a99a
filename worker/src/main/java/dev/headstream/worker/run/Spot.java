package dev.headstream.worker.run;

import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Page;
import dev.headstream.worker.browser.DeadlineExceededException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Where actions are done, and how long they may take.
 *
 * @param page the window
 * @param frame the document within the window
 * @param isPopup whether it is not the page of the job
 * @param limit when they must be done
 * @param ownTime what the innermost action around, or the action itself, may take by its own timeout
 * @param number of the action around them, with a dot; empty at the step itself
 * @param round what a repeat around them is at, for messages
 */
record Spot(
        Page page,
        Frame frame,
        boolean isPopup,
        TimeLimit limit,
        Optional<Duration> ownTime,
        String number,
        String round) {

    static Spot of(Page page, TimeLimit limit) {
        return new Spot(page, page.mainFrame(), false, limit, Optional.empty(), "", "");
    }

    /** For what may not take longer than that. */
    Spot within(Duration atMost) {
        return new Spot(page, frame, isPopup, limit.within(atMost), Optional.of(atMost), number, round);
    }

    Spot inFrame(Frame other) {
        return new Spot(page, other, isPopup, limit, ownTime, number, round);
    }

    Spot inPopup(Page other) {
        return new Spot(other, other.mainFrame(), true, limit, ownTime, number, round);
    }

    /** For what stands within the action of that number. */
    Spot below(String outer) {
        return new Spot(page, frame, isPopup, limit, ownTime, outer + ".", round);
    }

    Spot inRound(int count) {
        return new Spot(page, frame, isPopup, limit, ownTime, number, ", round " + count);
    }

    /** What a call of Playwright may take. */
    double millis() {
        return limit.playwrightMillis();
    }

    /**
     * Runs what has no timeout in Playwright: the lane's watchdog ends it, and where the time was the action's own and not
     * the step's it is a failure of the action.
     */
    <T> T guarded(StepScope scope, Callable<T> body) {
        try {
            if (ownTime.isEmpty()) {
                return body.call();
            }
            Duration left = limit.remaining();
            Duration most = left.isZero() ? Duration.ofMillis(1) : left;
            try {
                return scope.session().within(most, body);
            } catch (DeadlineExceededException e) {
                if (!e.timeout().equals(most)) {
                    throw e;
                }
                throw new StepFailureException(FailureKind.ACTION_TIMEOUT, "did not end within its timeout", e);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("nothing that is done on a page throws what is checked", e);
        }
    }
}
