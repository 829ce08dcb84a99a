package dev.headstream.loadgen.bench.pipeline;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A way to take events, work and write results. */
public enum Contender {
    /** poll, work, send, commit: one event after the other. What Kafka itself costs, and no concurrency. */
    PLAIN_LOOP(false),
    /** reactor-kafka's receiver with flatMap and acknowledgements out of order ({@code maxDeferredCommits}). */
    REACTOR_KAFKA(true),
    /** Confluent's parallel consumer, unordered, offsets committed by the consumer; on clients of Kafka 3.9. */
    PARALLEL_CONSUMER(true),
    /** The same with results and offsets in transactions. */
    PARALLEL_CONSUMER_TX(true),
    /** Headstream's worker with {@code delivery.mode: at-least-once}. */
    AT_LEAST_ONCE(true),
    /** Headstream's worker as it is delivered. */
    EXACTLY_ONCE(true);

    private final boolean concurrent;

    Contender(boolean concurrent) {
        this.concurrent = concurrent;
    }

    /** Its name on the command line and in reports. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it works on several events at a time. */
    boolean isConcurrent() {
        return concurrent;
    }

    /** Whether it cannot run on the clients that everything else runs on. */
    boolean needsOlderClients() {
        return this == PARALLEL_CONSUMER || this == PARALLEL_CONSUMER_TX;
    }

    /** Whether it is a worker of ours. */
    boolean isWorker() {
        return this == AT_LEAST_ONCE || this == EXACTLY_ONCE;
    }

    /**
     * Finds a contender by its name.
     *
     * @throws IllegalArgumentException naming those that there are
     */
    public static Contender parse(String id) {
        return Arrays.stream(values())
                .filter(contender -> contender.id().equals(id.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no contender '" + id + "': choose from " + String.join(", ", ids())));
    }

    private static List<String> ids() {
        return Arrays.stream(values()).map(Contender::id).collect(Collectors.toList());
    }
}
