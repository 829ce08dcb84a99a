package dev.headstream.worker.run;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import dev.headstream.worker.flow.Effect;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.SessionRule;
import dev.headstream.worker.flow.SessionRule.LoggedOut;
import dev.headstream.worker.flow.Step;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a run knows of its session: whether its context is logged in already, and how a page shows that it is not any
 * more. Confined to the lane's thread.
 */
final class Login {
    private static final String LOST = "the page shows that the session is not logged in (any more)";

    private final Flow flow;
    private final Optional<SessionRule> rule;
    private final boolean warm;
    private boolean remade;
    /** Whether this context is known to be logged in: it was left so, or this run has logged it in. */
    private boolean loggedIn;
    /** Whether a page that asks to log in says that a session has ended, and not that none has begun. */
    private boolean expected;

    private boolean onceBegun;

    /** @param warm whether a job before this one left its context logged in */
    Login(Flow flow, boolean warm) {
        this.flow = flow;
        this.rule = flow.session();
        this.warm = warm;
        this.loggedIn = warm;
        this.expected = warm;
    }

    /** Whether the step need not run. */
    boolean passesOver(Step step) {
        return loggedIn && isLogin(step);
    }

    /** Whether the step logs in. */
    boolean isLogin(Step step) {
        return rule.flatMap(SessionRule::login).filter(step.name()::equals).isPresent();
    }

    /**
     * Fails if the page shows that the session has ended. Not before it has begun; not within the login itself, and not within a step that must
     * run once: what it did before it came here cannot be taken back.
     */
    void check(Step step, Page page, StepScope scope) {
        if (isLost(step, page, scope)) {
            throw new StepFailureException(FailureKind.LOGGED_OUT, LOST);
        }
    }

    private boolean isLost(Step step, Page page, StepScope scope) {
        boolean canTell = expected && !isLogin(step) && step.effect() != Effect.ONCE;
        return canTell
                && rule.flatMap(SessionRule::loggedOut)
                        .filter(sign -> shows(sign, page, scope))
                        .isPresent();
    }

    /**
     * What an action really failed of: a portal that has ended the session may say so with an error status or with a page
     * on which the action finds nothing. A page that the flow does not allow is not asked.
     */
    StepFailureException reason(StepFailureException failure, Step step, Page page, StepScope scope) {
        try {
            return failure.kind() != FailureKind.HOST_NOT_ALLOWED && isLost(step, page, scope)
                    ? new StepFailureException(FailureKind.LOGGED_OUT, LOST + ": " + failure.text(), failure)
                    : failure;
        } catch (PlaywrightException e) {
            failure.addSuppressed(e);
            return failure;
        }
    }

    private static boolean shows(LoggedOut sign, Page page, StepScope scope) {
        if (sign instanceof LoggedOut.AtUrl at) {
            Pattern pattern = UrlGlob.compile(at.pattern());
            return pattern.matcher(page.url().split("[?#]", 2)[0]).matches();
        }
        return sign instanceof LoggedOut.Shows shows
                && scope.render(shows.selector()).stream()
                        .anyMatch(selector -> page.locator(selector).count() > 0);
    }

    /** A step ran to its end in this context, and not only in that of an earlier attempt. */
    void ran(Step step) {
        loggedIn |= isLogin(step);
        expected |= isLogin(step);
    }

    /** A step ran to its end in an earlier attempt, whose cookies this context may have. */
    void restored(Step step) {
        expected |= isLogin(step);
    }

    /** Whether the job after this one may go on in the context; a flow that does not name its login logs in anywhere. */
    boolean leavesLoggedIn(boolean allRan) {
        return rule.flatMap(SessionRule::login).isPresent() ? loggedIn : allRan;
    }

    /** The step to log in with again, once in a run. */
    Optional<Step> again() {
        if (remade) {
            return Optional.empty();
        }
        remade = true;
        loggedIn = false;
        return rule.flatMap(SessionRule::login).flatMap(flow::step);
    }

    /** A step that must run once is about to begin. */
    void beginsWhatRunsOnce() {
        onceBegun = true;
    }

    /**
     * Whether what the page answers may be due to a session that the portal has ended without a sign. The failure ends the
     * session here too, so another attempt logs in itself; but none is made on a suspicion after a step that runs once.
     */
    boolean isMaybeStale() {
        return use() == SessionUse.WARM && !onceBegun;
    }

    /** How the run came to be logged in. */
    SessionUse use() {
        return remade ? SessionUse.REMADE : warm ? SessionUse.WARM : SessionUse.COLD;
    }
}
