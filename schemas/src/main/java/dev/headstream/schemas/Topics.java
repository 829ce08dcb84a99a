package dev.headstream.schemas;

import java.util.List;
import java.util.Map;

/** The names of the topics that a deployment uses. */
public record Topics(
        String jobs, String results, String state, String deadLetters, String cancellations, String cache) {

    /**
     * {@code headstream.jobs}, {@code headstream.results}, {@code headstream.state}, {@code headstream.dead-letters},
     * {@code headstream.cancellations}, {@code headstream.cache}.
     */
    public static Topics defaults() {
        return withPrefix("headstream");
    }

    /** The default names with another first word, so that several deployments can share a cluster. */
    public static Topics withPrefix(String prefix) {
        return new Topics(
                prefix + ".jobs",
                prefix + ".results",
                prefix + ".state",
                prefix + ".dead-letters",
                prefix + ".cancellations",
                prefix + ".cache");
    }

    /** All topics with the settings that the guarantees rest on; the state topic has the partition count of the jobs. */
    public List<TopicDefinition> definitions(int partitions, short replicationFactor) {
        String week = String.valueOf(7L * 24 * 3_600_000);
        // Of what workers write the brokers say when it was: they refuse records of a worker whose clock is an hour
        // ahead.
        String type = "message.timestamp.type";
        Map<String, String> log = Map.of("cleanup.policy", "delete", "retention.ms", week);
        Map<String, String> written = Map.of("cleanup.policy", "delete", "retention.ms", week, type, "LogAppendTime");
        Map<String, String> journal = Map.of(
                "cleanup.policy",
                "compact,delete",
                "retention.ms",
                week,
                "min.cleanable.dirty.ratio",
                "0.1",
                "segment.ms",
                String.valueOf(3_600_000L),
                type,
                "LogAppendTime");
        // One cancel an execution is enough, and of no use once its event is gone.
        Map<String, String> cancels =
                Map.of("cleanup.policy", "compact,delete", "retention.ms", week, type, "LogAppendTime");
        // Nothing in it lives longer than a day, and losing any of it costs a step that is run again.
        Map<String, String> shared = Map.of(
                "cleanup.policy",
                "compact,delete",
                "retention.ms",
                String.valueOf(24L * 3_600_000),
                "retention.bytes",
                String.valueOf(1L << 30),
                "min.cleanable.dirty.ratio",
                "0.1",
                "segment.ms",
                String.valueOf(3_600_000L),
                type,
                "LogAppendTime");
        return List.of(
                new TopicDefinition(jobs, partitions, replicationFactor, log),
                new TopicDefinition(results, partitions, replicationFactor, written),
                new TopicDefinition(state, partitions, replicationFactor, journal),
                new TopicDefinition(deadLetters, 1, replicationFactor, written),
                new TopicDefinition(cancellations, 1, replicationFactor, cancels),
                new TopicDefinition(cache, 1, replicationFactor, shared));
    }
}
