package dev.headstream.worker.browser;

import dev.headstream.worker.browser.BrowserEvents.Reason;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Sees that Node has stopped answering while lanes wait for it in long tasks. Each open connection is pinged; if none of
 * them got anything for several rounds the browser is replaced. Rounds are counted, not time, so that a pause of this JVM
 * is not held against Node.
 *
 * <p>Confined to the watchdog's thread, except {@link #start} and {@link #close}.
 */
final class Pulse {
    private final Timer timer;
    private final Duration interval;
    private final Supplier<List<Link>> links;
    private final BrowserSupervisor supervisor;
    private volatile boolean closed;
    private Map<Link, Long> received = Map.of();
    private int missed;

    Pulse(Timer timer, Duration interval, Supplier<List<Link>> links, BrowserSupervisor supervisor) {
        this.timer = timer;
        this.interval = interval;
        this.links = links;
        this.supervisor = supervisor;
    }

    void start() {
        timer.after(interval, this::beat);
    }

    void close() {
        closed = true;
    }

    private void beat() {
        if (closed) {
            return;
        }
        Map<Link, Long> now = new HashMap<>();
        boolean alive = false;
        boolean asked = false;
        for (Link link : links.get()) {
            if (!link.isClosed()) {
                long count = link.received();
                Long before = received.get(link);
                asked |= before != null;
                alive |= before == null || count > before;
                now.put(link, count);
                link.ping();
            }
        }
        missed = asked && !alive ? missed + 1 : 0;
        received = now;
        if (missed >= Timings.MISSED_PULSES) {
            missed = 0;
            now.keySet().stream().findAny().ifPresent(link -> supervisor.replace(link.server(), Reason.UNRESPONSIVE));
        }
        start();
    }
}
