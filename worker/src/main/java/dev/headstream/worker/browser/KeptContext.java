package dev.headstream.worker.browser;

import com.microsoft.playwright.BrowserContext;
import dev.headstream.worker.browser.Sessions.Session;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The one context that a lane keeps between tasks, and so its owner: whoever takes it closes it or gives it back, and a
 * dropped connection takes it along. Confined to the lane's thread but for {@link #uses}.
 */
final class KeptContext {
    private final Lane lane;
    private final Sessions sessions;
    private final Timer timer;
    private @Nullable Kept kept;
    private volatile int uses;

    private record Kept(String key, BrowserContext context, Link link, long until) {}

    KeptContext(Lane lane, Sessions sessions, Timer timer) {
        this.lane = lane;
        this.sessions = sessions;
        this.timer = timer;
    }

    /** Gives the context of this key away, if it is there and still that of its session. */
    Optional<BrowserContext> take(String key, Link link) {
        Kept mine = kept;
        if (mine == null || !mine.key().equals(key)) {
            return Optional.empty();
        }
        boolean usable = mine.link() == link && !link.isClosed() && sessions.holds(key, lane);
        kept = null;
        sessions.letGo(key, lane); // until it is given back, nobody has it
        return usable ? Optional.of(mine.context()) : Optional.empty();
    }

    /** Keeps a context, without pages, in place of the one that was kept before; that one is the caller's to close. */
    void put(Keep keep, BrowserContext context, Link link, Session session) {
        letGo();
        kept = new Kept(keep.key(), context, link, session.since() + keep.ttl().toNanos());
        uses = session.uses();
        sessions.leave(keep.key(), session, lane);
    }

    /** The task that may have taken it has ended: what it did not give back is gone. */
    void settled() {
        if (isEmpty()) {
            uses = 0;
        }
    }

    /** How many tasks it has served, also while one has it; empty if there is none. From any thread. */
    OptionalInt uses() {
        int now = uses;
        return now == 0 ? OptionalInt.empty() : OptionalInt.of(now);
    }

    /** Whether this is the context that is kept. */
    boolean is(BrowserContext context) {
        return kept != null && kept.context() == context;
    }

    boolean isEmpty() {
        return kept == null;
    }

    /** Whether it should be closed now: its time is over, or another lane has the session. */
    boolean isDue() {
        Kept mine = kept;
        return mine != null
                && (mine.until() - timer.nanoTime() <= 0
                        || mine.link().isClosed()
                        || !sessions.holds(mine.key(), lane));
    }

    /** No longer keeps it, and hands it over to be closed; empty if there is none or its connection is gone already. */
    Optional<BrowserContext> letGo() {
        Kept mine = kept;
        if (mine == null) {
            return Optional.empty();
        }
        kept = null;
        uses = 0;
        sessions.letGo(mine.key(), lane);
        return mine.link().isClosed() ? Optional.empty() : Optional.of(mine.context());
    }

    /** How long a lane may sleep until it should look after what it keeps. */
    Duration nextLook(Duration atMost) {
        Kept mine = kept;
        Duration left = mine == null ? atMost : Duration.ofNanos(Math.max(1, mine.until() - timer.nanoTime()));
        return left.compareTo(atMost) < 0 ? left : atMost;
    }
}
