package dev.headstream.worker.warm;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.headstream.worker.browser.Keep;
import dev.headstream.worker.browser.SessionLeft;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.SessionRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The keys whose sessions are worth to be made ahead of need, and who uses each: of a flow those that its jobs used last,
 * as many as it wants. What is needed to log in is kept in memory only, and only of them. Thread-safe; time is handed in.
 *
 * <p>For one key there is never a login ahead of need beside a job or beside another such login: a portal may allow one
 * session an account, and would end that of the job. Who enters while one is under way waits for its end.
 */
final class WarmKeys {
    /** After a login that was interrupted: a worker whose contexts are wanted all the time is left in peace. */
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private static final Duration LONGEST_LEAD = Duration.ofMinutes(5);
    private static final int LEAD_SHARE = 10;

    @GuardedBy("this")
    private final Map<String, Map<String, Known>> byFlow = new HashMap<>();

    @GuardedBy("this")
    private final Map<String, Integer> jobs = new HashMap<>();

    @GuardedBy("this")
    private final Map<String, Sinks.Empty<Void>> logins = new HashMap<>();

    /**
     * What is needed to log in for a key.
     *
     * @param inputs those of the last job that the steps up to the login refer to
     */
    record Login(Flow flow, Keep keep, Map<String, String> inputs) {}

    private record Known(Login login, long usedAt, long notBefore) {}

    /** Keys in the order in which they were used, as many as the flow wants. */
    private static final class Latest extends LinkedHashMap<String, Known> {
        private static final long serialVersionUID = 1L;
        private final int most;

        Latest(int most) {
            super(16, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > most;
        }
    }

    /** A job with this key begins; it must not run before what is returned has completed, and {@link #leave} after it. */
    synchronized Mono<Void> enter(String key) {
        jobs.merge(key, 1, Integer::sum);
        Sinks.Empty<Void> login = logins.get(key);
        return login == null ? Mono.empty() : login.asMono();
    }

    synchronized void leave(String key) {
        jobs.computeIfPresent(key, (unused, count) -> count == 1 ? null : count - 1);
    }

    /** A job that was logged in went well. */
    synchronized void used(Login login, long now) {
        int most = login.flow().session().map(SessionRule::warm).orElse(0);
        byFlow.computeIfAbsent(login.flow().name(), unused -> new Latest(most))
                .put(login.keep().key(), new Known(login, now, now));
    }

    /** Nothing is known any more of whether one can log in with this key. */
    synchronized void forget(String flow, String key) {
        Map<String, Known> keys = byFlow.get(flow);
        if (keys != null) {
            keys.remove(key);
        }
    }

    /** The keys that nobody uses now and somebody used lately, whose sessions are over or about to be. */
    synchronized List<Login> due(long now, Function<Keep, Optional<SessionLeft>> sessions) {
        List<Login> due = new ArrayList<>();
        for (Map<String, Known> keys : byFlow.values()) {
            keys.values()
                    .removeIf(known ->
                            now - known.usedAt() > known.login().keep().ttl().toNanos());
            for (Known known : keys.values()) {
                Keep keep = known.login().keep();
                boolean lately = now - known.usedAt() <= keep.ttl().toNanos() / 2;
                if (lately && now - known.notBefore() >= 0 && isFree(keep.key()) && ends(keep, sessions)) {
                    due.add(known.login());
                }
            }
        }
        return due;
    }

    @GuardedBy("this")
    private boolean isFree(String key) {
        return !jobs.containsKey(key) && !logins.containsKey(key);
    }

    /** Its last tenth has begun, of its time or of its uses. */
    private static boolean ends(Keep keep, Function<Keep, Optional<SessionLeft>> sessions) {
        Optional<SessionLeft> left = sessions.apply(keep);
        Duration tenth = keep.ttl().dividedBy(LEAD_SHARE);
        Duration lead = tenth.compareTo(LONGEST_LEAD) < 0 ? tenth : LONGEST_LEAD;
        return left.isEmpty()
                || left.get().time().compareTo(lead) <= 0
                || left.get().uses() <= keep.maxUses() / LEAD_SHARE;
    }

    /** Whether a login for the key may begin; {@link #ended} after it. */
    synchronized boolean tryBegin(Login login) {
        if (!isFree(login.keep().key())) {
            return false;
        }
        logins.put(login.keep().key(), Sinks.empty());
        return true;
    }

    /** The login is over, and who waits for it goes on. */
    void ended(Login login, Optional<WarmEvents.Result> result, long now) {
        Sinks.Empty<Void> over = settle(login, result, now);
        if (over != null) {
            wake(over);
        }
    }

    @CanIgnoreReturnValue
    private static Sinks.EmitResult wake(Sinks.Empty<Void> over) {
        return over.tryEmitEmpty();
    }

    private synchronized Sinks.@Nullable Empty<Void> settle(Login login, Optional<WarmEvents.Result> result, long now) {
        String key = login.keep().key();
        if (result.filter(WarmEvents.Result.FAILED::equals).isPresent()) {
            forget(login.flow().name(), key);
        } else if (result.filter(WarmEvents.Result.INTERRUPTED::equals).isPresent()) {
            postpone(login.flow().name(), key, now + PAUSE.toNanos());
        }
        return logins.remove(key);
    }

    /** In its place, for it is not used by that. */
    @GuardedBy("this")
    private void postpone(String flow, String key, long until) {
        Map<String, Known> keys = byFlow.getOrDefault(flow, new HashMap<>());
        keys.entrySet().stream().filter(entry -> entry.getKey().equals(key)).forEach(entry -> {
            Known known = entry.getValue();
            entry.setValue(new Known(known.login(), known.usedAt(), until));
        });
    }
}
