package dev.headstream.loadgen.site;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Decides how slow the backends are and which requests fail. Thread-safe.
 *
 * <p>Latencies follow a Weyl sequence (n times the golden ratio, modulo 1): over any stretch of requests they fill
 * their range evenly, so that two designs that are compared on different stretches wait equally long.
 */
final class Faults {
    private static final double GOLDEN_RATIO = 0.6180339887498949;

    private final DemoSite.Options options;
    private final Counters counters;

    @GuardedBy("this")
    private final SplittableRandom random;

    @GuardedBy("this")
    private double searchPhase;

    @GuardedBy("this")
    private double loginPhase;

    Faults(DemoSite.Options options, Counters counters) {
        this.options = options;
        this.counters = counters;
        this.random = new SplittableRandom(options.seed());
        this.searchPhase = random.nextDouble();
        this.loginPhase = random.nextDouble();
    }

    /** How long a search for this takes. */
    Duration searchLatency(String query) {
        return options.queryLatency()
                .map(latency -> {
                    String words = query.strip();
                    double fraction = Math.floorMod(words.hashCode() * 0x9E3779B9, 1_000) / 1_000.0;
                    return (words.contains(" ") ? latency.narrow() : latency.broad()).at(fraction);
                })
                .orElseGet(this::searchLatency);
    }

    synchronized Duration searchLatency() {
        searchPhase = (searchPhase + GOLDEN_RATIO) % 1.0;
        return options.searchLatency().at(searchPhase);
    }

    synchronized Duration loginLatency() {
        loginPhase = (loginPhase + GOLDEN_RATIO) % 1.0;
        return options.loginLatency().at(loginPhase);
    }

    /** The reply as it is, or in its place what the configured rates ask for. */
    Reply mayFail(Reply.Full reply) {
        double drawn = draw();
        if (drawn < options.errorRate()) {
            counters.injectedErrors.increment();
            return Reply.html(500, Layout.message("Something went wrong", "The backend failed. Try again in a moment."))
                    .after(reply.delay());
        }
        if (drawn < options.errorRate() + options.hangRate()) {
            counters.injectedHangs.increment();
            return new Reply.Never();
        }
        return reply;
    }

    private synchronized double draw() {
        return random.nextDouble();
    }
}
