package dev.headstream.worker.browser;

import dev.headstream.worker.browser.BrowserEvents.Reason;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Sees that Node has stopped answering while lanes wait for it in long tasks. Each open connection is pinged; if none of
 * those to one server got anything for several rounds that browser is replaced. Rounds are counted, not time, so that a
 * pause of this JVM is not held against Node.
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
    private Map<LaneServer, Integer> missed = Map.of();

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
        Set<LaneServer> asked = new HashSet<>();
        Set<LaneServer> alive = new HashSet<>();
        for (Link link : links.get()) {
            if (!link.isClosed()) {
                long count = link.received();
                Long before = received.get(link);
                if (before != null) {
                    asked.add(link.server());
                }
                if (before == null || count > before) {
                    alive.add(link.server());
                }
                now.put(link, count);
                link.ping();
            }
        }
        received = now;
        asked.removeAll(alive);
        judge(asked);
        start();
    }

    private void judge(Set<LaneServer> silent) {
        Map<LaneServer, Integer> rounds = new HashMap<>();
        for (LaneServer server : silent) {
            int count = missed.getOrDefault(server, 0) + 1;
            if (count >= Timings.MISSED_PULSES) {
                supervisor.replace(server, Reason.UNRESPONSIVE);
            } else {
                rounds.put(server, count);
            }
        }
        missed = rounds;
    }
}
