package dev.headstream.worker.cache;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.v1.CachedStep;
import dev.headstream.worker.cache.CacheEvents.Exchange;
import dev.headstream.worker.flow.CacheRule;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowCatalog;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.run.FailureKind;
import dev.headstream.worker.run.StepScope;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of a cache goes to the other workers of the fleet, and what of theirs it takes. Thread-safe; no call blocks or
 * throws.
 *
 * <p>Out go results in the clear, and so none that shows a secret of its flow, none whose key may have taken one in, and
 * none of more than {@value #MAX_BYTES} bytes, nor any of a flow of which it is not known what it does. In come
 * those of steps that this worker's flows have and cache, with all values that the step must set and none that it does not, each
 * in its declared shape, for no longer than both workers' flows say.
 *
 * <p><b>Clocks.</b> An entry is stamped by the clock of the worker that wrote it. Others use it until {@link #ALLOWANCE}
 * before its end by theirs, and not at all if it comes from further ahead than that: with clocks that differ by no more, none
 * is used after its end.
 */
public final class Fleet {
    /** What the clocks of two workers may differ by. */
    static final Duration ALLOWANCE = Duration.ofSeconds(5);

    /** The most that is shared of one result. */
    static final int MAX_BYTES = 64 << 10;

    /** Shares nothing. */
    public static final Fleet NONE =
            new Fleet(FlowCatalog.of(Set.of()), "", Duration.ZERO, Outlet.NONE, CacheEvents.NONE, Clock.systemUTC());

    private final FlowCatalog flows;
    private final String worker;
    private final Duration longestLife;
    private final Outlet outlet;
    private final CacheEvents events;
    private final Clock clock;
    private final ObjectMapper json = new ObjectMapper();

    /** Where entries go. Returns at once and does not throw, for it is called by jobs. */
    public interface Outlet {

        /** Takes none. */
        Outlet NONE = entry -> {};

        /** An entry that others may have. */
        void offer(CachedStep entry);
    }

    /**
     * @param flows of this worker
     * @param worker its name
     * @param longestLife the longest that an entry may be used
     */
    public Fleet(
            FlowCatalog flows, String worker, Duration longestLife, Outlet outlet, CacheEvents events, Clock clock) {
        this.flows = flows;
        this.worker = worker;
        this.longestLife = longestLife;
        this.outlet = outlet;
        this.events = events;
        this.clock = clock;
    }

    Instant now() {
        // what an entry's stamps can hold, so that an entry of one's own is as old as what it was made of
        return Instant.ofEpochMilli(clock.millis());
    }

    /**
     * Gives what a step of this worker found out to the others, unless it must stay here.
     *
     * @param shown all that the memo is made of, before secrets were taken out of it
     */
    void offer(CacheKey key, Memo memo, Instant writtenAt, JsonNode shown, Step step, CacheRule rule, StepScope scope) {
        Flow flow = scope.flow();
        if (outlet.equals(Outlet.NONE) || flow.definition().isEmpty()) {
            return;
        }
        if (CacheKey.mayTakeInSecrets(rule, flow)) {
            events.exchanged(Exchange.SECRET);
        } else if (memo.text().getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            events.exchanged(Exchange.OVERSIZED);
        } else if (scope.showsSecret(shown)) { // reads all of it: not for what is too large anyway
            events.exchanged(Exchange.SECRET);
        } else if (memo.ttl().compareTo(ALLOWANCE) > 0) { // else nobody would use it
            outlet.offer(entry(key, memo, writtenAt, flow, step));
        }
    }

    private CachedStep entry(CacheKey key, Memo memo, Instant writtenAt, Flow flow, Step step) {
        CachedStep.Builder entry = CachedStep.newBuilder()
                .setDigest(key.digest())
                .setFlow(flow.name())
                .setFlowVersion(flow.version())
                .setStep(step.name())
                .setWorker(worker)
                .setWrittenAt(writtenAt)
                .setExpiresAt(writtenAt.plus(min(memo.ttl(), longestLife)));
        if (memo instanceof Memo.Failure failure) {
            entry.setFailureKind(failure.kind().name()).setFailureMessage(failure.text());
        } else {
            entry.setValuesJson(memo.text());
        }
        return entry.build();
    }

    /** What of an entry is to be kept, for others' as for one's own that was forgotten; empty if it must not be used. */
    Optional<Kept> accept(CachedStep entry) {
        if (!CacheKey.isDigest(entry.getDigest())) {
            events.exchanged(Exchange.UNREADABLE);
            return Optional.empty();
        }
        Optional<CacheRule> rule = rule(entry);
        Optional<Memo> memo = rule.flatMap(it -> memo(entry, it));
        if (memo.isEmpty()) {
            events.exchanged(Exchange.UNKNOWN);
            return Optional.empty();
        }
        Instant now = now();
        Instant writtenAt = entry.getWrittenAt();
        Instant allowed = writtenAt.plus(min(memo.get().ttl(), longestLife));
        Instant end = (entry.getExpiresAt().isBefore(allowed) ? entry.getExpiresAt() : allowed).minus(ALLOWANCE);
        if (writtenAt.isAfter(now.plus(ALLOWANCE)) || !now.isBefore(end)) {
            events.exchanged(Exchange.UNTIMELY);
            return Optional.empty();
        }
        events.exchanged(Exchange.TAKEN);
        return Optional.of(new Kept(memo.get(), Duration.between(now, end), writtenAt, Optional.of(end)));
    }

    private Optional<CacheRule> rule(CachedStep entry) {
        return flows.get(entry.getFlow())
                .filter(flow -> flow.version() == entry.getFlowVersion()
                        && flow.definition().isPresent())
                .flatMap(flow -> flow.step(entry.getStep())
                        .filter(step -> fits(flow, step, entry.getValuesJson()))
                        .flatMap(Step::cache));
    }

    private boolean fits(Flow flow, Step step, @Nullable String values) {
        if (values == null) {
            return true; // a failure, or nothing that can be used
        }
        try {
            return Shapes.fit(flow, step, json.readTree(values));
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static Optional<Memo> memo(CachedStep entry, CacheRule rule) {
        String values = entry.getValuesJson();
        if (values != null) {
            return values.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES
                    ? Optional.empty()
                    : Optional.of(new Memo.Values(values, rule.ttl()));
        }
        String message = entry.getFailureMessage();
        Optional<FailureKind> kind = Arrays.stream(FailureKind.values())
                .filter(it -> it.isAnswer() && it.name().equals(entry.getFailureKind()))
                .findFirst();
        return message == null
                ? Optional.empty()
                : kind.flatMap(it -> rule.negativeTtl().map(ttl -> new Memo.Failure(it, message, ttl)));
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
