package dev.headstream.worker.cache;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.headstream.v1.CachedStep;
import dev.headstream.v1.StepOutcome;
import dev.headstream.worker.cache.CacheEvents.Result;
import dev.headstream.worker.flow.CacheRule;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.run.StepFailureException;
import dev.headstream.worker.run.StepResult;
import dev.headstream.worker.run.StepRunner;
import dev.headstream.worker.run.StepScope;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Spares jobs the steps that their flow declares as cached: a fresh result is reused, and of equal steps at the same time
 * one is run and the others wait for it. One for a worker; thread-safe.
 *
 * <p>A run that fails hurts nobody else: who waited for it runs the step itself. Nobody waits more than once, nor for
 * more than half of what is left of its own time. Only where the flow says so ({@code negativeTtl}) is a failure reused,
 * and only one that is the page's answer and not the want of one; never one out of a session that an earlier job left,
 * which may have ended.
 *
 * <p>What another worker of the fleet found out is reused like what was found out here, if this cache has a {@link Fleet}.
 * All is in one memory with one bound, and none of it is waited for.
 *
 * <p>What is reused is what a checkpoint would hold: values without secrets. The page is not part of it, which is why a
 * flow must open a page after such a step.
 */
public final class StepCache {
    /** The label of a job that wants its steps run. Their results are kept for others. */
    public static final String NO_CACHE = "no-cache";

    private final Settings settings;
    private final CacheEvents events;
    private final Fleet fleet;
    private final ObjectMapper json = exact();
    private final Cache<CacheKey, Kept> memos;
    private final ConcurrentMap<CacheKey, Flight> flights = new ConcurrentHashMap<>();

    /**
     * What is done.
     *
     * @param maxBytes bound on what is kept; 0 keeps nothing
     * @param coalesce whether equal steps wait for one another
     */
    public record Settings(long maxBytes, boolean coalesce) {
        public Settings {
            if (maxBytes < 0) {
                throw new IllegalArgumentException("a cache of " + maxBytes + " bytes: it must be 0 or more");
            }
        }
    }

    /** A cache of one worker's own. */
    public StepCache(Settings settings, CacheEvents events) {
        this(settings, events, Fleet.NONE);
    }

    /** One that tells others what it finds out; to be told what they do by {@link #learn}. */
    public StepCache(Settings settings, CacheEvents events, Fleet fleet) {
        this(settings, events, fleet, Ticker.systemTicker());
    }

    StepCache(Settings settings, CacheEvents events, Fleet fleet, Ticker ticker) {
        this.settings = settings;
        this.events = events;
        this.fleet = fleet;
        this.memos = Caffeine.newBuilder()
                .maximumWeight(settings.maxBytes())
                .weigher(Kept.WEIGHER)
                .expireAfter(Expiry.<CacheKey, Kept>writing((key, kept) -> kept.ttl()))
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    /** Numbers come back as they went: no digit is lost. */
    private static ObjectMapper exact() {
        return JsonMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .build();
    }

    /** A runner that asks here first. */
    public StepRunner around(StepRunner inner) {
        return (step, scope) -> step.cache().isPresent() && !scope.isReentry()
                ? request(step, step.cache().get(), scope, inner)
                : inner.run(step, scope);
    }

    /** What is kept takes about this much memory. */
    public long bytes() {
        return memos.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
    }

    /** Takes over what another worker found out, unless what was found out here is newer. On any thread. */
    public void learn(CachedStep entry) {
        fleet.accept(entry).ifPresent(kept -> place(new CacheKey(entry.getDigest()), kept));
    }

    /** Gives up what was found out under a digest. On any thread. */
    public void forget(String digest) {
        memos.invalidate(new CacheKey(digest));
    }

    /**
     * Among what others found out the order of the topic decides, which no clock is needed for; beside what was found out here,
     * the stamps do. Where a step that ends here meanwhile comes in between, its result is the newer one and stays.
     */
    private void place(CacheKey key, Kept kept) {
        Kept known = memos.getIfPresent(key);
        if (known == null) {
            memos.asMap().putIfAbsent(key, kept);
        } else if (known.isForeign() || kept.writtenAt().isAfter(known.writtenAt())) {
            memos.asMap().replace(key, known, kept);
        }
    }

    private Optional<Kept> known(CacheKey key) {
        Kept kept = memos.getIfPresent(key);
        if (kept != null && kept.isOver(fleet.now())) {
            memos.asMap().remove(key, kept);
            return Optional.empty();
        }
        return Optional.ofNullable(kept);
    }

    private StepResult request(Step step, CacheRule rule, StepScope scope, StepRunner inner) {
        CacheKey key = CacheKey.of(step, rule, scope);
        if (isUnwanted(scope)) {
            tell(step, scope, Result.BYPASS);
            return run(key, step, rule, scope, inner);
        }
        Optional<Kept> known = known(key);
        if (known.isPresent()) {
            return recall(known.get(), step, scope);
        }
        if (!settings.coalesce()) {
            tell(step, scope, Result.MISS);
            return run(key, step, rule, scope, inner);
        }
        Flight mine = new Flight(scope.remaining());
        Flight leading = flights.putIfAbsent(key, mine);
        if (leading != null) {
            scope.begin("waiting for another job that runs the same");
            Optional<Memo> landed = leading.await(scope.remaining().dividedBy(2));
            if (landed.isPresent()) {
                tell(step, scope, Result.COALESCED);
                return landed.get().recall(json, StepOutcome.COALESCED);
            }
            flights.remove(key, leading); // it has done so itself, unless it is still under way
            mine = new Flight(scope.remaining());
            leading = flights.putIfAbsent(key, mine);
        }
        if (leading != null) {
            tell(step, scope, Result.MISS);
            return run(key, step, rule, scope, inner);
        }
        return lead(mine, key, step, rule, scope, inner);
    }

    private StepResult recall(Kept kept, Step step, StepScope scope) {
        Result own = kept.memo() instanceof Memo.Values ? Result.HIT : Result.NEGATIVE;
        tell(step, scope, kept.isForeign() ? Result.SHARED : own);
        return kept.memo().recall(json, StepOutcome.CACHED);
    }

    private static boolean isUnwanted(StepScope scope) {
        String label = scope.job().request().getLabels().get(NO_CACHE);
        return label != null && !label.equals("false");
    }

    /** Whatever ends the run, also the watchdog, is its end for those who wait. */
    private StepResult lead(Flight flight, CacheKey key, Step step, CacheRule rule, StepScope scope, StepRunner inner) {
        // another leader may have landed after it was looked for
        Optional<Kept> known = known(key);
        Optional<Memo> memo = known.map(Kept::memo);
        try {
            if (known.isPresent()) {
                return recall(known.get(), step, scope);
            }
            tell(step, scope, Result.MISS);
            StepResult result = inner.run(step, scope);
            memo = Optional.of(keep(key, result, step, rule, scope));
            return result;
        } catch (StepFailureException e) {
            memo = memo.isPresent() ? memo : keepNegative(key, step, rule, scope, e);
            throw e;
        } finally {
            // before it lands, so that who wakes up finds either the result or nobody to wait for
            flights.remove(key, flight);
            flight.land(memo);
        }
    }

    private StepResult run(CacheKey key, Step step, CacheRule rule, StepScope scope, StepRunner inner) {
        try {
            StepResult result = inner.run(step, scope);
            keep(key, result, step, rule, scope);
            return result;
        } catch (StepFailureException e) {
            keepNegative(key, step, rule, scope, e);
            throw e;
        }
    }

    @CanIgnoreReturnValue
    private Memo keep(CacheKey key, StepResult result, Step step, CacheRule rule, StepScope scope) {
        ObjectNode shown = json.createObjectNode();
        shown.setAll(result.values());
        return keep(key, Memo.Values.of(result, scope, rule.ttl(), json), shown, step, rule, scope);
    }

    @CanIgnoreReturnValue
    private Optional<Memo> keepNegative(
            CacheKey key, Step step, CacheRule rule, StepScope scope, StepFailureException failure) {
        return rule.negativeTtl()
                .filter(ttl -> failure.kind().isAnswer() && !scope.isWarm())
                .map(ttl -> new Memo.Failure(failure.kind(), scope.masked(failure.text()), ttl))
                .map(memo -> keep(key, memo, TextNode.valueOf(failure.text()), step, rule, scope));
    }

    private Memo keep(CacheKey key, Memo memo, JsonNode shown, Step step, CacheRule rule, StepScope scope) {
        if (settings.maxBytes() > 0) {
            Instant now = fleet.now();
            memos.put(key, new Kept(memo, memo.ttl(), now, Optional.empty()));
            fleet.offer(key, memo, now, shown, step, rule, scope);
        }
        return memo;
    }

    private void tell(Step step, StepScope scope, Result result) {
        events.requested(scope.flow().name(), step.name(), result);
    }
}
