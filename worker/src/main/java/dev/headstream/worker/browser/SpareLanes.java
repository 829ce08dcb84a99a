package dev.headstream.worker.browser;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The tasks that run only as long as nobody else wants their lanes. Guarded by the pool's lock. */
final class SpareLanes {
    private static final int SHARE = 4;

    private final Set<Ticket<?>> running = new LinkedHashSet<>();

    /** Whether there may be one more. */
    boolean permits(int limit) {
        return running.size() < Math.max(1, limit / SHARE);
    }

    void add(Ticket<?> ticket) {
        running.add(ticket);
    }

    void remove(Ticket<?> ticket) {
        running.remove(ticket);
    }

    /** All of them, which are to give way. */
    List<Ticket<?>> take() {
        List<Ticket<?>> all = List.copyOf(running);
        running.clear();
        return all;
    }
}
