package dev.headstream.worker.browser;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.headstream.worker.browser.BrowserEvents.Reason;
import dev.headstream.worker.browser.BrowserStartException.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one browser running: starts it, kills and replaces it when it is gone or of no use, gives up when it cannot be
 * started again for long. Thread-safe.
 */
final class BrowserSupervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrowserSupervisor.class);
    /** Starts in a row that may fail before the worker should rather be replaced; about a minute with the pauses. */
    private static final int MAX_FAILED_STARTS = 10;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** A browser that lived as long as this is no evidence that the next start will fail. */
    private static final Duration HEALTHY_LIFE = Duration.ofSeconds(30);

    private final BrowserConfig config;
    private final WorkDirectory directory;
    private final PlaywrightCore core;
    private final BrowserEvents events;
    private final Thread thread = new Thread(this::supervise, "browser-supervisor");
    private final Object lock = new Object();

    @GuardedBy("lock")
    private BrowserState state = BrowserState.RUNNING;

    @GuardedBy("lock")
    private LaneServer current;

    @GuardedBy("lock")
    private long startedAt = System.nanoTime();

    @GuardedBy("lock")
    private Reason reason = Reason.DISCONNECTED;

    @GuardedBy("lock")
    private @Nullable Runnable failed;

    private BrowserSupervisor(
            BrowserConfig config,
            WorkDirectory directory,
            PlaywrightCore core,
            BrowserEvents events,
            LaneServer first) {
        this.config = config;
        this.directory = directory;
        this.core = core;
        this.events = events;
        this.current = first;
    }

    /** Claims a directory and starts the first browser; waits until it is up. */
    static BrowserSupervisor start(BrowserConfig config, BrowserEvents events) throws InterruptedException {
        WorkDirectory directory = WorkDirectory.claim(config.workDirectory());
        boolean started = false;
        try {
            PlaywrightCore core = PlaywrightCore.extract(directory.playwrightCore());
            writeScript(directory);
            LaneServer first = LaneServer.start(config, directory, core);
            BrowserSupervisor supervisor = new BrowserSupervisor(config, directory, core, events, first);
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

    private static void writeScript(WorkDirectory directory) {
        try (InputStream script = BrowserSupervisor.class.getResourceAsStream("lane-server.js")) {
            if (script == null) {
                throw new IOException("lane-server.js is not in the worker's jar");
            }
            Files.copy(script, directory.laneServer());
        } catch (IOException e) {
            throw new BrowserStartException(
                    Problem.WORK_DIRECTORY, "cannot write " + directory.laneServer() + ": " + e, e);
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

    /** Calls back once if it gives up. */
    void onFailed(Runnable listener) {
        synchronized (lock) {
            failed = listener;
        }
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

    /** Has this browser killed and replaced; does nothing if it is not the current one any more. Does not wait. */
    void replace(LaneServer broken, Reason why) {
        synchronized (lock) {
            if (state == BrowserState.RUNNING && current == broken) {
                state = BrowserState.RESTARTING;
                reason = why;
                lock.notifyAll();
            }
        }
    }

    private void supervise() {
        try {
            Duration pause = Duration.ZERO;
            while (awaitBroken()) {
                LaneServer broken = current();
                pause = lifetime().compareTo(HEALTHY_LIFE) < 0 ? longer(pause) : Duration.ZERO;
                LOG.atWarn()
                        .setMessage("browser is being replaced")
                        .addKeyValue("reason", reason())
                        .addKeyValue("output", LaunchReport.usefulLines(broken.recentOutput()))
                        .log();
                broken.kill();
                directory.wipeTemporary();
                restart(pause);
            }
        } catch (InterruptedException e) {
            LOG.atDebug().setMessage("supervisor ends").log(); // closed: nobody waits for this thread's flag
        }
    }

    private boolean awaitBroken() throws InterruptedException {
        synchronized (lock) {
            while (state == BrowserState.RUNNING) {
                lock.wait();
            }
            return state == BrowserState.RESTARTING;
        }
    }

    private Duration lifetime() {
        synchronized (lock) {
            return Duration.ofNanos(System.nanoTime() - startedAt);
        }
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
        boolean wanted;
        synchronized (lock) {
            wanted = state == BrowserState.RESTARTING;
            if (wanted) {
                current = started;
                startedAt = System.nanoTime();
                state = BrowserState.RUNNING;
                lock.notifyAll();
            }
        }
        if (wanted) {
            watch(started);
            events.browserRestarted(reason());
        } else {
            started.kill();
        }
    }

    private void giveUp() {
        Runnable listener;
        synchronized (lock) {
            if (state != BrowserState.RESTARTING) {
                return;
            }
            state = BrowserState.FAILED;
            listener = failed;
            lock.notifyAll();
        }
        if (listener != null) {
            listener.run();
        }
    }

    /** Closes the browser and deletes its directory; waits until its processes are gone. */
    @Override
    public void close() {
        LaneServer last;
        synchronized (lock) {
            if (state == BrowserState.CLOSED) {
                return;
            }
            state = BrowserState.CLOSED;
            last = current;
            lock.notifyAll();
        }
        last.close();
        thread.interrupt();
        try {
            thread.join(config.startTimeout().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        directory.close();
    }
}
