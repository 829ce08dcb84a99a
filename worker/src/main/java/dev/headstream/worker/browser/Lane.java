package dev.headstream.worker.browser;

import com.microsoft.playwright.BrowserContext;
import dev.headstream.worker.browser.BrowserEvents.Reason;
import dev.headstream.worker.browser.BrowserEvents.Rung;
import dev.headstream.worker.browser.BrowserFailureException.Kind;
import dev.headstream.worker.browser.LaneSnapshot.State;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread with a Playwright connection of its own, on which tasks run one after the other, each in a new context.
 * Playwright's objects never leave that thread; the methods here may be called from any.
 */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    /** How often a lane without a task looks after the context that it keeps. */
    private static final Duration KEPT_LOOK = Duration.ofSeconds(1);

    /** Browsers that may go away before a task begins until it fails of it. */
    private static final int MAX_OPENINGS = 3;

    private final String name;
    private final BrowserSupervisor supervisor;
    private final Timer timer;
    private final Timings timings;
    private final BrowserEvents events;
    private final Owner owner;
    private final Deadlines deadlines;
    private final LaneConnector connector;
    private final Sessions sessions;
    private final KeptContext kept;
    private final Thread thread;
    private final BlockingQueue<Ticket<?>> inbox = new ArrayBlockingQueue<>(1);

    private volatile boolean closed;
    private volatile Status status;
    private volatile Optional<Ticket<?>> serving = Optional.empty();

    private record Status(State state, long since, Optional<String> task) {}

    /** Who gives this lane its work. */
    interface Owner {
        /** It can take a task. On the lane's thread. */
        void idle(Lane lane);

        /** Whether it may keep a context while it has no task. On the lane's thread. */
        boolean mayKeep();

        /** It has ended, with its connection and the context that it kept. On the lane's thread. */
        void ended(Lane lane);

        /** Its task ignores interrupts and lost connections, so its thread is lost. On the watchdog's thread. */
        void lost(Lane lane);
    }

    Lane(
            String name,
            BrowserSupervisor supervisor,
            Link.Opener links,
            Timer timer,
            Timings timings,
            BrowserEvents events,
            Sessions sessions,
            Owner owner) {
        this.name = name;
        this.supervisor = supervisor;
        this.timer = timer;
        this.timings = timings;
        this.events = events;
        this.owner = owner;
        this.deadlines = new Deadlines(timer);
        this.sessions = sessions;
        this.kept = new KeptContext(this, sessions, timer);
        this.connector = new LaneConnector(name, supervisor, links, timer, timings, events, deadlines);
        this.status = new Status(State.CONNECTING, timer.nanoTime(), Optional.empty());
        this.thread = new Thread(this::loop, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    String name() {
        return name;
    }

    /** Gives it a task; it must have said that it is idle, and gets one task each time it says so. */
    void assign(Ticket<?> ticket) {
        inbox.add(ticket);
    }

    LaneSnapshot snapshot() {
        Status now = status;
        return new LaneSnapshot(
                name, now.state, Duration.ofNanos(timer.nanoTime() - now.since), now.task, kept.uses(), false);
    }

    /** The connection of this moment, open or not. */
    Optional<Link> link() {
        return connector.link();
    }

    /** Stops taking tasks and interrupts what runs; does not wait. */
    void close() {
        closed = true;
        connector.stop();
        // what was opened before is cancelled here, what is opened later sees that the lane is closed
        deadlines.cancelAll();
        thread.interrupt(); // for the waits outside of any deadline: for a task, for a browser
    }

    /** Waits for the thread to end; if it has not by then its task is told so, and false is returned. */
    boolean awaitEnd(Duration atMost) throws InterruptedException {
        thread.join(Math.max(1, atMost.toMillis()));
        if (thread.isAlive()) {
            serving.ifPresent(ticket -> ticket.fail(closedFailure()));
            return false;
        }
        return true;
    }

    private void loop() {
        try {
            while (!closed) {
                awaitBrowser();
                enter(State.IDLE, Optional.empty());
                owner.idle(this);
                Ticket<?> ticket = nextTicket();
                serving = Optional.of(ticket);
                serve(ticket);
                serving = Optional.empty();
            }
        } catch (InterruptedException e) {
            // only close() interrupts a lane outside of a deadline
            LOG.atDebug().setMessage("lane ends").addKeyValue("lane", name).log();
        } finally {
            connector.release();
            var unused = kept.letGo();
            enter(State.CLOSED, Optional.empty());
            Ticket<?> left = inbox.poll();
            if (left != null) {
                left.fail(closedFailure());
            }
            owner.ended(this);
        }
    }

    /** Waits for a task, and meanwhile closes what it keeps when the time for that has come. */
    private Ticket<?> nextTicket() throws InterruptedException {
        while (!kept.isEmpty()) {
            Ticket<?> ticket = inbox.poll(Math.max(1, kept.nextLook(KEPT_LOOK).toMillis()), TimeUnit.MILLISECONDS);
            if (ticket != null) {
                return ticket;
            }
            if (kept.isDue() || !owner.mayKeep()) {
                closeKept();
            }
        }
        return inbox.take();
    }

    private void closeKept() throws InterruptedException {
        Optional<BrowserContext> context = kept.letGo();
        if (context.isEmpty()) {
            return;
        }
        try {
            deadlines.within(timings.close(), () -> {
                context.get().close();
                return true;
            });
            events.contextClosed(name);
        } catch (Exception e) {
            if (closed) {
                throw new InterruptedException("the lane is closed");
            }
            events.contextRecycled(name, Reason.STUCK_CLOSE);
            connector.drop(Reason.STUCK_CLOSE);
        }
    }

    /** Connects before the next task comes; if there will be no browser any more, the tasks are told. */
    private void awaitBrowser() throws InterruptedException {
        try {
            enter(State.CONNECTING, Optional.empty());
            connector.connected();
        } catch (BrowserFailureException e) {
            LOG.atDebug()
                    .setMessage("lane has no browser")
                    .addKeyValue("lane", name)
                    .setCause(e)
                    .log();
        }
    }

    /** Runs a task, on the next browser if one goes away before the task has begun. */
    private void serve(Ticket<?> ticket) throws InterruptedException {
        BrowserFailureException failure = closedFailure();
        try {
            for (int tries = 0; tries < MAX_OPENINGS && !ticket.ended(); tries++) {
                Optional<BrowserFailureException> notBegun = runOnce(ticket, connector.connected());
                if (notBegun.isEmpty()) {
                    return;
                }
                failure = notBegun.get();
            }
        } catch (BrowserFailureException e) {
            failure = e;
        } catch (InterruptedException e) {
            ticket.fail(failure);
            throw e;
        }
        ticket.fail(failure);
    }

    private <T> Optional<BrowserFailureException> runOnce(Ticket<T> ticket, Link link) {
        Optional<String> label = Optional.of(ticket.task().label());
        enter(State.RUNNING, label);
        TaskRun<T> run = new TaskRun<>(name, ticket, link, sessions, kept, deadlines, timer, timings, events);
        TaskRun.Ending ending = run.run(() -> closed, since -> overdue(ticket, since));
        enter(State.CLEANING, label);
        Optional<Reason> recycled = run.clean();
        kept.settled();
        recycled.ifPresent(connector::drop);
        if (ending instanceof TaskRun.Ending.Overdue overdue) {
            ticket.fail(overdueFailure(overdue.verdict(), link, recycled));
        }
        return ending instanceof TaskRun.Ending.NotBegun notBegun ? Optional.of(notBegun.failure()) : Optional.empty();
    }

    /**
     * What an interrupted task failed of. If its deadline passed because the browser had stopped to work it is the
     * browser's fault, which shows when the lane tries to be connected again.
     */
    private RuntimeException overdueFailure(RuntimeException verdict, Link before, Optional<Reason> recycled) {
        if (!(verdict instanceof DeadlineExceededException)) {
            return closedFailure(); // cancelled, but not by the subscriber, who would not be told anyway
        }
        events.timeout(name, Rung.INTERRUPT);
        if (recycled.isEmpty()) {
            return verdict;
        }
        events.timeout(name, Rung.RECONNECT);
        if (supervisor.isLeaving(before.server())) {
            return verdict; // the lane ends now, so whether that browser would have answered again is not asked
        }
        if (connector.tryConnect()
                && connector
                        .link()
                        .map(Link::server)
                        .filter(before.server()::equals)
                        .isPresent()) {
            return verdict;
        }
        events.timeout(name, Rung.RESTART);
        BrowserFailureException failure =
                new BrowserFailureException(Kind.DISCONNECTED, "the browser did not answer any more");
        failure.addSuppressed(verdict);
        return failure;
    }

    private void overdue(Ticket<?> ticket, Duration since) {
        if (since.compareTo(timings.stuck()) < 0) {
            return;
        }
        // every call of Playwright fails now, whatever the task catches
        connector.link().ifPresent(link -> link.drop("the task did not end when it was interrupted"));
        if (since.compareTo(timings.abandon()) >= 0 && !closed) {
            closed = true;
            connector.stop();
            owner.lost(this);
            ticket.fail(new DeadlineExceededException(ticket.deadline()));
        }
    }

    private static BrowserFailureException closedFailure() {
        return new BrowserFailureException(Kind.DISCONNECTED, "the worker closes its browser");
    }

    private void enter(State state, Optional<String> task) {
        status = new Status(state, timer.nanoTime(), task);
    }
}
