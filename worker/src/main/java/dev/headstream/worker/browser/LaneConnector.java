package dev.headstream.worker.browser;

import dev.headstream.worker.browser.BrowserEvents.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a lane connected to the browser of the moment. Confined to the lane's thread, except {@link #link()},
 * {@link #stop()} and the methods of the link.
 */
final class LaneConnector {
    private static final Logger LOG = LoggerFactory.getLogger(LaneConnector.class);
    private static final Duration DRIVER_PAUSE = Duration.ofSeconds(1);

    private final String lane;
    private final BrowserSupervisor supervisor;
    private final Link.Opener links;
    private final Timer timer;
    private final Timings timings;
    private final BrowserEvents events;
    private final Deadlines deadlines;

    private volatile Optional<Link> link = Optional.empty();
    private volatile boolean stopped;
    private boolean connectedBefore;
    private Reason dropped = Reason.DISCONNECTED;

    LaneConnector(
            String lane,
            BrowserSupervisor supervisor,
            Link.Opener links,
            Timer timer,
            Timings timings,
            BrowserEvents events,
            Deadlines deadlines) {
        this.lane = lane;
        this.supervisor = supervisor;
        this.links = links;
        this.timer = timer;
        this.timings = timings;
        this.events = events;
        this.deadlines = deadlines;
    }

    /** The connection of this moment, open or not. */
    Optional<Link> link() {
        return link;
    }

    /** From any thread: no connection is wanted any more. Whoever is connecting has to be interrupted after this. */
    void stop() {
        stopped = true;
    }

    /** Gives the connection up; the server disposes of everything that was opened through it. */
    void drop(Reason reason) {
        dropped = reason;
        link.ifPresent(open -> open.drop("dropped by the lane: " + reason));
    }

    /** Gives the connection up with all that this thread holds of it. */
    void release() {
        link.ifPresent(Link::release);
    }

    /**
     * An open connection: the one there is, else a new one that has shown that the browser opens and closes contexts.
     * Waits for a browser if there is none; has it replaced if it does not answer.
     *
     * @throws BrowserFailureException if there will be no browser any more
     * @throws InterruptedException if the lane was closed meanwhile
     */
    Link connected() throws InterruptedException {
        while (true) {
            if (stopped) {
                throw new InterruptedException("the lane is closed");
            }
            Optional<Link> open = link.filter(candidate -> !candidate.isClosed());
            if (open.isPresent() || connectTo(supervisor.awaitRunning())) {
                return open.or(() -> link).orElseThrow();
            }
        }
    }

    /** One attempt to be connected to the browser of the moment, without waiting for one. */
    boolean tryConnect() {
        return !stopped && supervisor.running().map(this::connectTo).orElse(false);
    }

    private boolean connectTo(LaneServer server) {
        long began = timer.nanoTime();
        release();
        try {
            Duration atMost = links.patience(timings.connect());
            Link fresh = deadlines.within(atMost, () -> {
                Link opened = links.open(server, atMost);
                link = Optional.of(opened); // here, so that it is given up even if the time is over by now
                return opened;
            });
            deadlines.within(timings.heartbeat(), () -> {
                fresh.browser().newContext().close();
                return true;
            });
            server.sawAlive(timer.nanoTime());
            if (connectedBefore) {
                events.laneReconnected(lane, dropped);
            }
            connectedBefore = true;
            dropped = Reason.DISCONNECTED; // what it is if nobody drops it
            return true;
        } catch (NoDriverException e) {
            LOG.atWarn()
                    .setMessage("lane is not connected, trying again")
                    .addKeyValue("lane", lane)
                    .addKeyValue("problem", LaunchReport.firstLine(e))
                    .log();
            pause();
            return false;
        } catch (Exception e) {
            giveUp(server, began, e);
            return false;
        }
    }

    /** Whoever interrupts it has said before that no connection is wanted. */
    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(DRIVER_PAUSE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The browser is to blame, unless another lane saw it work in the meantime: then the machine is only busy. */
    private void giveUp(LaneServer server, long began, Exception failure) {
        link.ifPresent(open -> open.drop("no heartbeat"));
        if (stopped || server.seenAliveSince(began)) {
            return;
        }
        if (server.endsWithin(Link.AFTERMATH)) {
            supervisor.replace(server, Reason.DISCONNECTED);
            return;
        }
        LOG.atWarn()
                .setMessage("browser does not answer a new connection")
                .addKeyValue("lane", lane)
                .addKeyValue("problem", LaunchReport.firstLine(failure))
                .log();
        supervisor.replace(server, Reason.UNRESPONSIVE);
    }
}
