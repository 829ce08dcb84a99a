package dev.headstream.worker.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.Geolocation;
import com.microsoft.playwright.options.HttpCredentials;
import dev.headstream.worker.browser.BrowserEvents.Reason;
import dev.headstream.worker.browser.BrowserEvents.Rung;
import dev.headstream.worker.browser.BrowserFailureException.Kind;
import dev.headstream.worker.browser.Sessions.Session;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One task in one context: opened, run under the task's deadline, closed under a deadline of its own. Confined to the
 * lane's thread.
 */
final class TaskRun<T> {
    private final String lane;
    private final Ticket<T> ticket;
    private final Link link;
    private final Sessions sessions;
    private final KeptContext keptContext;
    private final Deadlines deadlines;
    private final Timer timer;
    private final Timings timings;
    private final BrowserEvents events;

    /** How far it came. */
    private enum Phase {
        OPENING,
        SLOW_OPENING,
        OPEN
    }

    private Phase phase = Phase.OPENING;
    private Optional<TaskSession> session = Optional.empty();
    private Optional<Session> leased = Optional.empty();
    private boolean interrupted;
    private boolean kept;
    private Optional<Reason> unkept = Optional.empty();

    TaskRun(
            String lane,
            Ticket<T> ticket,
            Link link,
            Sessions sessions,
            KeptContext keptContext,
            Deadlines deadlines,
            Timer timer,
            Timings timings,
            BrowserEvents events) {
        this.lane = lane;
        this.ticket = ticket;
        this.link = link;
        this.sessions = sessions;
        this.keptContext = keptContext;
        this.deadlines = deadlines;
        this.timer = timer;
        this.timings = timings;
        this.events = events;
    }

    /**
     * Runs the task and tells its ticket the outcome, which does not wait for the context to close. Of an overdue task and
     * of one that has not begun the ticket is told nothing yet.
     */
    Ending run(BooleanSupplier laneClosed, Deadlines.Overdue overdue) {
        Deadlines.Scope scope = deadlines.open(ticket.deadline(), overdue);
        ticket.runsUnder(scope);
        if (laneClosed.getAsBoolean()) {
            scope.cancel();
        }
        Attempt<T> attempt = attempt(scope);
        RuntimeException verdict = scope.end();
        if (verdict != null) {
            interrupted = true;
            attempt.failure().ifPresent(verdict::addSuppressed);
            endSession();
            return new Ending.Overdue(verdict);
        }
        Optional<Throwable> failure = cause(attempt.failure());
        if (phase != Phase.OPEN
                && failure.orElse(null) instanceof BrowserFailureException e
                && e.kind() == Kind.DISCONNECTED) {
            return new Ending.NotBegun(e);
        }
        settleSession(failure.isPresent());
        tell(attempt.value(), failure);
        return new Ending.Told();
    }

    /** How a run ended. */
    sealed interface Ending {
        /** The ticket has its outcome. */
        record Told() implements Ending {}

        /** The deadline fired, or somebody cancelled. */
        record Overdue(RuntimeException verdict) implements Ending {}

        /** The browser went away before the task began: it can run on the next one as if nothing had been. */
        record NotBegun(BrowserFailureException failure) implements Ending {}
    }

    /** What came of the task before anybody asked why. */
    private record Attempt<T>(Optional<T> value, Optional<Throwable> failure) {}

    private Attempt<T> attempt(Deadlines.Scope scope) {
        try {
            TaskSession opened = open(scope);
            session = Optional.of(opened);
            T value = ticket.task().run(opened);
            link.catchUp(opened.context()); // a crash that nobody has read of yet counts, too
            return new Attempt<>(Optional.ofNullable(value), Optional.empty());
        } catch (Throwable e) { // a task may throw anything, and a lane outlives it
            return new Attempt<>(Optional.empty(), Optional.of(e));
        }
    }

    private TaskSession open(Deadlines.Scope scope) throws Exception {
        link.forgetCrash(); // the context before is closed, so no late message of it can come
        leased = ticket.keep().flatMap(keep -> sessions.lease(keep, timer.nanoTime()));
        try {
            TaskSession opened = deadlines.within(timings.open(), () -> {
                Optional<BrowserContext> kept = ticket.keep().flatMap(keep -> keptContext.take(keep.key(), link));
                // without a lease a context that was kept is out of date: it is closed with the task's
                BrowserContext context =
                        kept.filter(unused -> leased.isPresent()).orElseGet(this::newContext);
                return new TaskSession(link, deadlines, scope, context, context.newPage(), leased.map(Session::note));
            });
            link.server().sawAlive(timer.nanoTime());
            link.server().countTask();
            phase = Phase.OPEN;
            return opened;
        } catch (DeadlineExceededException e) {
            phase = Phase.SLOW_OPENING;
            throw disconnected(
                    "no context could be opened within " + timings.open().toMillis() + " ms", e);
        }
    }

    /** A session that has no context here comes as cookies and storage; one that has not even these is a new one. */
    private BrowserContext newContext() {
        Optional<String> state = leased.flatMap(Session::storageState);
        leased = leased.filter(unused -> state.isPresent());
        ContextSpec spec = state.map(ticket.spec()::withStorageState).orElse(ticket.spec());
        BrowserContext context = link.browser().newContext(options(spec));
        link.watch(context);
        events.contextCreated(lane);
        return context;
    }

    private static Browser.NewContextOptions options(ContextSpec spec) {
        Browser.NewContextOptions options = new Browser.NewContextOptions()
                .setViewportSize(spec.viewport().width(), spec.viewport().height())
                .setAcceptDownloads(spec.acceptDownloads())
                .setIgnoreHTTPSErrors(spec.ignoreHttpsErrors())
                .setExtraHTTPHeaders(spec.headers());
        if (!spec.permissions().isEmpty()) {
            options.setPermissions(spec.permissions()); // an empty list would deny even what all pages may
        }
        spec.locale().ifPresent(options::setLocale);
        spec.timezone().ifPresent(options::setTimezoneId);
        spec.userAgent().ifPresent(options::setUserAgent);
        spec.storageState().ifPresent(options::setStorageState);
        spec.place()
                .map(place -> new Geolocation(place.latitude(), place.longitude()).setAccuracy(place.accuracy()))
                .ifPresent(options::setGeolocation);
        spec.credentials()
                .map(login -> new HttpCredentials(login.username(), login.password()).setOrigin(login.origin()))
                .ifPresent(options::setHttpCredentials);
        return options;
    }

    /** Before anybody is told the outcome, because the next task of the session may come because of it. */
    private void settleSession(boolean failed) {
        if (failed || link.crashed() || wish().isEmpty()) {
            endSession();
            return;
        }
        try {
            kept = deadlines.within(timings.close(), this::keep);
        } catch (DeadlineExceededException e) {
            events.timeout(lane, Rung.CLOSE);
            unkept = Optional.of(Reason.STUCK_CLOSE);
        } catch (Exception e) {
            unkept = Optional.of(link.closesWithin(Link.AFTERMATH) ? Reason.DISCONNECTED : Reason.STUCK_CLOSE);
        }
        if (!kept) {
            endSession();
        }
    }

    /** A session in which something went wrong serves nobody any more. */
    private void endSession() {
        if (leased.isPresent()) {
            ticket.keep().ifPresent(keep -> sessions.end(keep.key()));
        }
    }

    private Optional<TaskSession.Wish> wish() {
        return ticket.keep().flatMap(unused -> session).flatMap(TaskSession::wish);
    }

    /** Takes what the session is made of while its pages are open, then closes these. */
    private boolean keep() {
        Keep rule = ticket.keep().orElseThrow();
        BrowserContext context = session.orElseThrow().context();
        TaskSession.Wish wish = wish().orElseThrow();
        Optional<Session> before = leased.filter(unused -> !wish.renewed());
        int uses = before.map(Session::uses).orElse(0) + 1;
        if (uses >= rule.maxUses()) {
            return false; // it would serve nobody any more
        }
        String state = context.storageState();
        List.copyOf(context.pages()).forEach(Page::close);
        Session now = Session.of(state, wish.note(), before.map(Session::since).orElseGet(timer::nanoTime), uses);
        keptContext.put(rule, context, link, now);
        return true;
    }

    private void tell(Optional<T> value, Optional<Throwable> failure) {
        if (failure.isEmpty()) {
            ticket.succeed(value.orElse(null));
            return;
        }
        ticket.fail(failure.get());
    }

    /**
     * What really happened. A lost connection and a crashed page come out of Playwright as errors of many kinds, or as no
     * error at all: some calls on a crashed page return an empty value. So the connection is asked even where a task
     * returned, for what it returned may be made of such errors and values; unless it was told, then that is its answer.
     */
    private Optional<Throwable> cause(Optional<Throwable> failure) {
        boolean knew = failure.isEmpty() && session.filter(TaskSession::told).isPresent();
        if (knew || failure.filter(BrowserFailureException.class::isInstance).isPresent()) {
            return failure;
        }
        boolean lost = link.isClosed()
                || (!link.crashed()
                        && failure.filter(TaskRun::maybeLost).isPresent()
                        && link.closesWithin(Link.AFTERMATH));
        if (lost) {
            return Optional.of(disconnected("the browser went away: " + link.closedBecause(), failure.orElse(null)));
        }
        if (link.crashed()) {
            BrowserFailureException crashed = new BrowserFailureException(Kind.PAGE_CRASHED, "the page crashed");
            failure.ifPresent(crashed::addSuppressed);
            return Optional.of(crashed);
        }
        return failure;
    }

    /** Whether an error of Playwright is among the causes that may come from a browser about to vanish. */
    private static boolean maybeLost(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PlaywrightException
                    && String.valueOf(cause.getMessage()).contains("closed")) {
                return true;
            }
        }
        return false;
    }

    private static BrowserFailureException disconnected(String message, @Nullable Throwable cause) {
        BrowserFailureException failure = new BrowserFailureException(Kind.DISCONNECTED, message);
        if (cause != null) {
            failure.addSuppressed(cause);
        }
        return failure;
    }

    /**
     * Closes everything that the task opened, but for a context that is to be kept.
     *
     * @return why the connection must be dropped instead, if it must
     */
    Optional<Reason> clean() {
        boolean crashed = link.crashed();
        if (crashed) {
            events.pageCrashed(lane);
        }
        if (link.isClosed()) {
            return recycled(interrupted && link.server().isAlive() ? Reason.STUCK_TASK : Reason.DISCONNECTED);
        }
        if (phase == Phase.SLOW_OPENING) {
            return recycled(Reason.SLOW_OPEN);
        }
        if (phase == Phase.OPENING && interrupted) {
            return recycled(Reason.INTERRUPTED_OPEN); // the context may come up after nobody knows of it
        }
        if (unkept.isPresent()) {
            return recycled(unkept.get());
        }
        try {
            deadlines.within(timings.close(), this::closeContexts);
        } catch (DeadlineExceededException e) {
            events.timeout(lane, Rung.CLOSE);
            return recycled(Reason.STUCK_CLOSE);
        } catch (Exception e) {
            return recycled(link.closesWithin(Link.AFTERMATH) ? Reason.DISCONNECTED : Reason.STUCK_CLOSE);
        }
        if (crashed) {
            events.contextRecycled(lane, Reason.PAGE_CRASHED);
        } else if (phase == Phase.OPEN && !kept) {
            events.contextClosed(lane);
        }
        return Optional.empty();
    }

    private boolean closeContexts() {
        List.copyOf(link.browser().contexts()).stream()
                .filter(context -> !keptContext.is(context))
                .forEach(BrowserContext::close);
        return true;
    }

    private Optional<Reason> recycled(Reason reason) {
        events.contextRecycled(lane, reason);
        return Optional.of(reason);
    }
}
