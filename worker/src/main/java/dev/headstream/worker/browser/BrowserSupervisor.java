package dev.headstream.worker.browser;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.headstream.worker.browser.BrowserEvents.Reason;
import dev.headstream.worker.browser.BrowserEvents.Retirement;
import dev.headstream.worker.browser.BrowserStartException.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one browser running: starts it, kills and replaces it when it is gone or of no use, gives up when it cannot be
 * started again for long. To retire one that works it starts a second beside it, which takes over; the first ends when its
 * tasks have. Thread-safe.
 *
 * <p>One thread does all of it, one thing after the other: so there are never more than two, and whichever of the two goes
 * away at whatever moment, the next thing that thread does puts it right.
 */
final class BrowserSupervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrowserSupervisor.class);
    /** Starts in a row that may fail before the worker should rather be replaced; about a minute with the pauses. */
    private static final int MAX_FAILED_STARTS = 10;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** The longest between two tries to retire a browser. */
    private static final Duration LONGEST_AGAIN = Duration.ofMinutes(10);
    /** A browser that lived as long as this is no evidence that the next start will fail. */
    private static final Duration HEALTHY_LIFE = Duration.ofSeconds(30);
    /** Nor is one that served as many tasks, how short its life ever was. */
    private static final int HEALTHY_TASKS = 2;

    private final BrowserConfig config;
    private final WorkDirectory directory;
    private final PlaywrightCore core;
    private final BrowserEvents events;
    private final Duration again;
    private final Thread thread = new Thread(this::supervise, "browser-supervisor");
    private final Object lock = new Object();

    @GuardedBy("lock")
    private BrowserState state = BrowserState.RUNNING;

    @GuardedBy("lock")
    private LaneServer current;

    @GuardedBy("lock")
    private Reason reason = Reason.DISCONNECTED;

    @GuardedBy("lock")
    private Listener listener = Listener.NONE;

    /** Why the current browser is to be retired; empty unless it is. */
    @GuardedBy("lock")
    private Optional<Retirement> wanted = Optional.empty();

    /** The browser that the current one took over from; null unless there is one still. */
    @GuardedBy("lock")
    private @Nullable Leaving leaving;

    @GuardedBy("lock")
    private boolean vacated;

    /** When a retirement may be tried next. */
    @GuardedBy("lock")
    private long notBefore = System.nanoTime();

    @GuardedBy("lock")
    private Duration nextPause;

    /** Who is told how it goes; on the supervisor's thread, which holds no lock then. */
    interface Listener {
        Listener NONE = new Listener() {};

        /** It gave up: there will be no browser. */
        default void failed() {}

        /** The browser was killed or gone, and another is there. */
        default void restarted() {}

        /**
         * A second browser took over: it is the current one now. The one before is closed when {@link
         * BrowserSupervisor#vacated} is called.
         */
        default void tookOver() {}
    }

    /** A browser that ends when its tasks have. */
    private record Leaving(LaneServer server, Retirement why, long began) {}

    private BrowserSupervisor(
            BrowserConfig config,
            WorkDirectory directory,
            PlaywrightCore core,
            BrowserEvents events,
            Duration again,
            LaneServer first) {
        this.config = config;
        this.directory = directory;
        this.core = core;
        this.events = events;
        this.again = again;
        this.nextPause = again;
        this.current = first;
    }

    /**
     * Claims a directory and starts the first browser; waits until it is up.
     *
     * @param again from a second browser that did not start to the next try
     */
    static BrowserSupervisor start(BrowserConfig config, BrowserEvents events, Duration again)
            throws InterruptedException {
        WorkDirectory directory = WorkDirectory.claim(config.workDirectory());
        boolean started = false;
        try {
            PlaywrightCore core = PlaywrightCore.extract(directory.playwrightCore());
            writeScript("lane-server.js", directory.laneServer());
            writeScript("lane-driver.js", directory.laneDriver());
            LaneServer first = LaneServer.start(config, directory, core);
            BrowserSupervisor supervisor = new BrowserSupervisor(config, directory, core, events, again, first);
            supervisor.watch(first);
            supervisor.thread.setDaemon(true);
            supervisor.thread.start();
            started = true;
            return supervisor;
        } finally {
            if (!started) {
                directory.close();
            }
        }
    }

    private static void writeScript(String name, Path file) {
        try (InputStream script = BrowserSupervisor.class.getResourceAsStream(name)) {
            if (script == null) {
                throw new IOException(name + " is not in the worker's jar");
            }
            Files.copy(script, file);
        } catch (IOException e) {
            throw new BrowserStartException(Problem.WORK_DIRECTORY, "cannot write " + file + ": " + e, e);
        }
    }

    private void watch(LaneServer server) {
        LOG.atInfo()
                .setMessage("browser started")
                .addKeyValue("node", server.nodePid())
                .addKeyValue(
                        "chromium", server.chromium().map(ProcessHandle::pid).orElse(-1L))
                .addKeyValue("sandbox", server.sandboxed() ? "on" : "off")
                .log();
        server.onExit(code -> replace(server, Reason.DISCONNECTED));
    }

    BrowserState state() {
        synchronized (lock) {
            return state;
        }
    }

    /** The browser of this moment, which may just be going. */
    LaneServer current() {
        synchronized (lock) {
            return current;
        }
    }

    /** The browser of this moment, if it is not being replaced. Does not wait. */
    Optional<LaneServer> running() {
        synchronized (lock) {
            return state == BrowserState.RUNNING ? Optional.of(current) : Optional.empty();
        }
    }

    String version() {
        return core.version();
    }

    /** How a driver of the same release is started, for a lane that has one. */
    DriverCommand driver() {
        return DriverCommand.of(config, core, directory.laneDriver());
    }

    /** Tells how it goes from now on. */
    void listen(Listener told) {
        synchronized (lock) {
            listener = told;
        }
    }

    private Listener listener() {
        synchronized (lock) {
            return listener;
        }
    }

    /** The browser that another took over from, until it has ended. */
    Optional<LaneServer> leaving() {
        synchronized (lock) {
            return Optional.ofNullable(leaving).map(Leaving::server);
        }
    }

    /** Whether another has taken over from this browser, which has not ended yet. */
    boolean isLeaving(LaneServer server) {
        return leaving().filter(server::equals).isPresent();
    }

    /**
     * Waits until there is a browser.
     *
     * @throws BrowserFailureException if there will be none any more
     */
    LaneServer awaitRunning() throws InterruptedException {
        synchronized (lock) {
            while (state == BrowserState.RESTARTING) {
                lock.wait();
            }
            if (state != BrowserState.RUNNING) {
                throw new BrowserFailureException(
                        BrowserFailureException.Kind.DISCONNECTED,
                        state == BrowserState.CLOSED
                                ? "the worker closes its browser"
                                : "the browser cannot be started");
            }
            return current;
        }
    }

    /**
     * Has this browser killed and replaced, or just ended if another has taken over from it; does nothing if it is neither
     * any more. Does not wait.
     */
    void replace(LaneServer broken, Reason why) {
        synchronized (lock) {
            if (state == BrowserState.RUNNING && current == broken) {
                state = BrowserState.RESTARTING;
                reason = why;
                lock.notifyAll();
            } else if (isLeaving(broken)) {
                vacated(); // who still has a task there sees the connection end and has the task's failure reported
            }
        }
    }

    /**
     * Has a second browser started that takes over from this one. Does not wait.
     *
     * @return false if it is not to be: another retirement is under way, or the last one failed not long ago
     */
    boolean retire(Retirement why) {
        synchronized (lock) {
            boolean may = state == BrowserState.RUNNING
                    && leaving == null
                    && wanted.isEmpty()
                    && System.nanoTime() - notBefore >= 0;
            if (may) {
                wanted = Optional.of(why);
                lock.notifyAll();
            }
            return may;
        }
    }

    /** Whether a second browser is being started, or there. */
    boolean isRetiring() {
        synchronized (lock) {
            return wanted.isPresent() || leaving != null;
        }
    }

    /** No task is left in the browser that another took over from. Does not wait. */
    void vacated() {
        synchronized (lock) {
            vacated = true;
            lock.notifyAll();
        }
    }

    /** What there is to do. */
    private enum Duty {
        REPLACE_BROKEN,
        END_LEAVING,
        START_SECOND,
        NOTHING_EVER
    }

    private void supervise() {
        try {
            Duration pause = Duration.ZERO;
            for (Duty duty = await(); duty != Duty.NOTHING_EVER; duty = await()) {
                switch (duty) {
                    case REPLACE_BROKEN -> {
                        pause = wasHealthy() ? Duration.ZERO : longer(pause);
                        killBroken();
                        restart(pause);
                    }
                    case END_LEAVING -> endLeaving();
                    case START_SECOND -> startSecond();
                    case NOTHING_EVER -> {}
                }
            }
        } catch (InterruptedException e) {
            LOG.atDebug().setMessage("supervisor ends").log(); // closed: nobody waits for this thread's flag
        } catch (RuntimeException | Error e) {
            // With two browsers there may be no thread left to be had: better a worker that ends than one that stands.
            LOG.atError()
                    .setMessage("nobody looks after the browser any more")
                    .setCause(e)
                    .log();
            synchronized (lock) {
                state = BrowserState.FAILED;
                lock.notifyAll();
            }
            listener().failed();
        }
    }

    /** A broken browser first: its lanes have none at all. */
    private Duty await() throws InterruptedException {
        synchronized (lock) {
            while (true) {
                if (state == BrowserState.RESTARTING) {
                    return Duty.REPLACE_BROKEN;
                }
                if (state != BrowserState.RUNNING) {
                    return Duty.NOTHING_EVER;
                }
                if (leaving != null && vacated) {
                    return Duty.END_LEAVING;
                }
                if (wanted.isPresent()) {
                    return Duty.START_SECOND;
                }
                lock.wait();
            }
        }
    }

    private void killBroken() {
        LaneServer broken = current();
        LOG.atWarn()
                .setMessage("browser is being replaced")
                .addKeyValue("reason", reason())
                .addKeyValue("output", LaunchReport.usefulLines(broken.recentOutput()))
                .log();
        broken.kill();
    }

    private void startSecond() throws InterruptedException {
        Retirement why;
        synchronized (lock) {
            why = wanted.orElseThrow();
        }
        long began = System.nanoTime();
        try {
            takeOver(LaneServer.start(config, directory, core), why, began);
        } catch (BrowserStartException e) {
            postpone(why, e);
        }
    }

    /** The first may have broken while the second started: then the second just replaces it. */
    private void takeOver(LaneServer second, Retirement why, long began) {
        BrowserState before;
        synchronized (lock) {
            before = state;
            wanted = Optional.empty();
            nextPause = again;
            if (before == BrowserState.RUNNING) {
                leaving = new Leaving(current, why, began);
                vacated = false;
                current = second;
            }
        }
        if (before == BrowserState.RUNNING) {
            watch(second);
            listener().tookOver();
            return;
        }
        if (before == BrowserState.RESTARTING) {
            killBroken();
        }
        publish(second);
    }

    private void postpone(Retirement why, BrowserStartException problem) {
        Duration paused;
        synchronized (lock) {
            wanted = Optional.empty();
            paused = nextPause;
            notBefore = System.nanoTime() + paused.toNanos();
            Duration doubled = paused.multipliedBy(2);
            nextPause = doubled.compareTo(LONGEST_AGAIN) > 0 ? LONGEST_AGAIN : doubled;
        }
        LOG.atWarn()
                .setMessage("second browser does not start, the first goes on")
                .addKeyValue("reason", why)
                .addKeyValue("problem", problem.getMessage())
                .addKeyValue("againAfterSeconds", paused.toSeconds())
                .log();
        events.retirementFailed(why);
    }

    private void endLeaving() {
        Leaving ending;
        synchronized (lock) {
            ending = leaving;
        }
        if (ending == null) {
            return; // closed meanwhile
        }
        ending.server().close();
        synchronized (lock) {
            leaving = null;
        }
        logRetired(ending.server(), ending.why(), "beside", Duration.ofNanos(System.nanoTime() - ending.began()));
        events.browserRetired(ending.why());
    }

    /** Says that a browser that worked has been replaced, how and why. */
    static void logRetired(LaneServer server, Retirement why, String way, Duration took) {
        LOG.atInfo()
                .setMessage("browser retired")
                .addKeyValue("reason", why)
                .addKeyValue("way", way)
                .addKeyValue("tasks", server.tasks())
                .addKeyValue("ageSeconds", server.age().toSeconds())
                .addKeyValue("tookMillis", took.toMillis())
                .addKeyValue("node", server.nodePid())
                .log();
    }

    private boolean wasHealthy() {
        LaneServer server = current();
        return server.age().compareTo(HEALTHY_LIFE) >= 0 || server.tasks() >= HEALTHY_TASKS;
    }

    private Reason reason() {
        synchronized (lock) {
            return reason;
        }
    }

    private void restart(Duration firstPause) throws InterruptedException {
        Duration pause = firstPause;
        for (int failures = 0; failures < MAX_FAILED_STARTS; failures++) {
            if (!pause(pause)) {
                return;
            }
            try {
                publish(LaneServer.start(config, directory, core));
                return;
            } catch (BrowserStartException e) {
                LOG.atError()
                        .setMessage("browser does not start")
                        .addKeyValue("attempt", failures + 1)
                        .addKeyValue("problem", e.getMessage())
                        .log();
                pause = longer(pause);
            }
        }
        giveUp();
    }

    /** Waits, unless it is closed meanwhile; then false. */
    private boolean pause(Duration pause) throws InterruptedException {
        long until = System.nanoTime() + pause.toNanos();
        synchronized (lock) {
            for (long left = pause.toNanos(); state == BrowserState.RESTARTING && left > 0; ) {
                TimeUnit.NANOSECONDS.timedWait(lock, left);
                left = until - System.nanoTime();
            }
            return state == BrowserState.RESTARTING;
        }
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }

    private void publish(LaneServer started) {
        boolean awaited;
        synchronized (lock) {
            awaited = state == BrowserState.RESTARTING;
            if (awaited) {
                current = started;
                wanted = Optional.empty(); // what was wanted was to be rid of the one before
                state = BrowserState.RUNNING;
                lock.notifyAll();
            }
        }
        if (awaited) {
            watch(started);
            events.browserRestarted(reason());
            listener().restarted();
        } else {
            started.kill();
        }
    }

    private void giveUp() {
        synchronized (lock) {
            if (state != BrowserState.RESTARTING) {
                return;
            }
            state = BrowserState.FAILED;
            lock.notifyAll();
        }
        listener().failed();
    }

    /** Closes every browser and deletes the directory; waits until their processes are gone. */
    @Override
    public void close() {
        LaneServer last;
        Optional<LaneServer> before;
        synchronized (lock) {
            if (state == BrowserState.CLOSED) {
                return;
            }
            state = BrowserState.CLOSED;
            last = current;
            before = Optional.ofNullable(leaving).map(Leaving::server);
            lock.notifyAll();
        }
        last.close();
        // the tasks of the one before have been interrupted already: nothing is left to close in order
        before.ifPresent(LaneServer::kill);
        thread.interrupt(); // a second that is just starting is killed by who starts it
        try {
            thread.join(config.startTimeout().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        directory.close();
    }
}
