package dev.headstream.worker.browser;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The sessions that tasks left behind, one for each key, and which lane still has the context of each. A lane that has it
 * goes on in it; any other makes a context of its cookies and storage. Bounded; thread-safe.
 */
final class Sessions {
    private static final int MOST = 128;
    /** A larger state is not carried to other lanes. */
    private static final int LONGEST_STATE = 256 << 10;

    @GuardedBy("this")
    private final Map<String, Entry> byKey = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Entry> eldest) {
            return size() > MOST;
        }
    };

    private record Entry(Session session, Optional<Lane> holder) {}

    /**
     * A session.
     *
     * @param storageState its cookies and local storage; empty if they are too large to be kept
     * @param note what the task that left it wants its successor to know
     * @param since when it was made, in the timer's nanoseconds
     * @param uses how many tasks it has served
     */
    record Session(Optional<String> storageState, String note, long since, int uses) {
        static Session of(String state, String note, long since, int uses) {
            return new Session(Optional.of(state).filter(s -> s.length() <= LONGEST_STATE), note, since, uses);
        }

        private boolean serves(Keep wanted, long now) {
            return uses < wanted.maxUses() && now - since < wanted.ttl().toNanos();
        }
    }

    /** The session that a task may go on in; empty if there is none, or none that may serve any more. */
    synchronized Optional<Session> lease(Keep wanted, long now) {
        Entry entry = byKey.get(wanted.key());
        if (entry == null || !wanted.reuse()) {
            return Optional.empty();
        }
        if (!entry.session().serves(wanted, now)) {
            byKey.remove(wanted.key());
            return Optional.empty();
        }
        return Optional.of(entry.session());
    }

    /** What is left of the session of a key; empty if there is none, or none that may serve any more. */
    synchronized Optional<SessionLeft> left(Keep wanted, long now) {
        Entry entry = byKey.get(wanted.key());
        if (entry == null || !entry.session().serves(wanted, now)) {
            return Optional.empty();
        }
        Session session = entry.session();
        boolean canBeGoneOnIn =
                entry.holder().isPresent() || session.storageState().isPresent();
        return canBeGoneOnIn
                ? Optional.of(new SessionLeft(
                        Duration.ofNanos(wanted.ttl().toNanos() - (now - session.since())),
                        wanted.maxUses() - session.uses()))
                : Optional.empty();
    }

    /** A task left a session, and the lane has its context. Of two that served at the same time the later counts. */
    synchronized void leave(String key, Session session, Lane holder) {
        byKey.put(key, new Entry(session, Optional.of(holder)));
    }

    /** The session is over: something went wrong in it. */
    synchronized void end(String key) {
        byKey.remove(key);
    }

    /** The lane does not have the context any more. */
    synchronized void letGo(String key, Lane lane) {
        byKey.computeIfPresent(
                key, (k, entry) -> isHeldBy(entry, lane) ? new Entry(entry.session(), Optional.empty()) : entry);
    }

    /** The lane is gone with all that it had. */
    synchronized void lost(Lane lane) {
        byKey.replaceAll((key, entry) -> isHeldBy(entry, lane) ? new Entry(entry.session(), Optional.empty()) : entry);
    }

    /** Whether the context that the lane has of this key is the one of its session. */
    synchronized boolean holds(String key, Lane lane) {
        Entry entry = byKey.get(key);
        return entry != null && isHeldBy(entry, lane);
    }

    /** The lane that has the context of this key. */
    synchronized Optional<Lane> holder(String key) {
        Entry entry = byKey.get(key);
        return entry == null ? Optional.empty() : entry.holder();
    }

    /** Whether the lane has any context. */
    synchronized boolean isHolder(Lane lane) {
        return byKey.values().stream().anyMatch(entry -> isHeldBy(entry, lane));
    }

    /** How many contexts are kept. */
    synchronized int held() {
        return (int) byKey.values().stream()
                .filter(entry -> entry.holder().isPresent())
                .count();
    }

    private static boolean isHeldBy(Entry entry, Lane lane) {
        return entry.holder().filter(holder -> holder == lane).isPresent();
    }
}
