package dev.headstream.pipeline.source;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Holds the source back for reasons of ours, beside the pausing that reactor-kafka does for want of demand. Nothing is
 * fetched while any reason is left; polling, and so membership of the group, goes on. Thread-safe; takes effect before
 * the next poll.
 */
public final class SourceGate {

    /** Why nothing is fetched. */
    public enum Reason {
        /** As many jobs wait for a retry, a session or a duplicate as may. */
        WAITING_ROOM_FULL,
        /** The worker is going away. */
        DRAINING
    }

    private final Set<Reason> reasons = ConcurrentHashMap.newKeySet();

    /** Holds the source back. */
    public void close(Reason reason) {
        reasons.add(reason);
    }

    /** Takes one reason away. */
    public void open(Reason reason) {
        reasons.remove(reason);
    }

    /** Whether any reason is left. */
    public boolean isClosed() {
        return !reasons.isEmpty();
    }
}
