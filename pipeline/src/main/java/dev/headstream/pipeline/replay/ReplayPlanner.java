package dev.headstream.pipeline.replay;

import dev.headstream.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** Asks the brokers what a range means in offsets, and whether it is still there. Blocks. */
public final class ReplayPlanner {
    private static final String RETENTION = "retention.ms";
    private static final String SIZE = "retention.bytes";

    private final Admin admin;
    private final String topic;
    private final Instant now;

    /** The client stays the caller's to close. */
    public ReplayPlanner(Admin admin, Topics topics, Instant now) {
        this.admin = admin;
        this.topic = topics.jobs();
        this.now = now;
    }

    /**
     * The offsets between two bounds.
     *
     * @throws ReplayRefusedException if they were never there, or have expired
     * @throws KafkaException if the brokers cannot be asked
     */
    public ReplayPlan plan(ReplayBound from, ReplayBound to) throws InterruptedException {
        return resolution().between(from, to);
    }

    /**
     * Sees to it that what is left of a replay is still kept.
     *
     * @param positions by partition, the first offset that is not finished
     * @throws ReplayRefusedException naming what has expired
     */
    public void checkKept(ReplayPlan plan, Map<Integer, Long> positions) throws InterruptedException {
        resolution().checkKept(plan, positions);
    }

    /** The partitions of the topic. */
    List<TopicPartition> partitions() throws InterruptedException {
        TopicDescription description = Objects.requireNonNull(
                get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic));
        return description.partitions().stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    /** Behind the newest record of each partition. */
    Map<TopicPartition, Long> ends() throws InterruptedException {
        return offsets(list(partitions(), OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED));
    }

    private RangeResolution resolution() throws InterruptedException {
        List<TopicPartition> partitions = partitions();
        Map<TopicPartition, Long> beginnings =
                offsets(list(partitions, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED));
        Map<TopicPartition, Long> stable =
                offsets(list(partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED));
        Map<TopicPartition, Long> ends = ends();
        Map<TopicPartition, ListOffsetsResultInfo> oldest =
                list(partitions, OffsetSpec.forTimestamp(0), IsolationLevel.READ_UNCOMMITTED);
        TreeMap<Integer, TopicExtent> extents = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            ListOffsetsResultInfo first = oldest.get(partition);
            extents.put(
                    partition.partition(),
                    new TopicExtent(
                            beginnings.getOrDefault(partition, 0L),
                            stable.getOrDefault(partition, 0L),
                            ends.getOrDefault(partition, 0L),
                            first == null || first.offset() < 0
                                    ? Optional.empty()
                                    : Optional.of(Instant.ofEpochMilli(first.timestamp()))));
        }
        return new RangeResolution(topic, extents, timeIndex(partitions), keptSince());
    }

    /** Each time is asked of all partitions at once. */
    private RangeResolution.TimeIndex timeIndex(List<TopicPartition> partitions) {
        Map<Instant, Map<TopicPartition, ListOffsetsResultInfo>> asked = new HashMap<>();
        return (partition, time) -> {
            ListOffsetsResultInfo found =
                    asked.computeIfAbsent(time, t -> atTime(partitions, t)).get(new TopicPartition(topic, partition));
            return found == null || found.offset() < 0 ? Optional.empty() : Optional.of(found.offset());
        };
    }

    private Map<TopicPartition, ListOffsetsResultInfo> atTime(List<TopicPartition> partitions, Instant time) {
        try {
            return list(
                    partitions,
                    OffsetSpec.forTimestamp(Math.max(0, time.toEpochMilli())),
                    IsolationLevel.READ_UNCOMMITTED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", e);
        }
    }

    /** Where only time makes records expire, what is younger than that cannot have. */
    private Optional<Instant> keptSince() throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = Objects.requireNonNull(
                get(admin.describeConfigs(List.of(resource)).all()).get(resource));
        long millis = number(config, RETENTION);
        if (number(config, SIZE) >= 0) {
            return Optional.empty();
        }
        return Optional.of(millis < 0 ? Instant.EPOCH : now.minus(Duration.ofMillis(millis)));
    }

    private static long number(Config config, String key) {
        ConfigEntry entry = config.get(key);
        return entry == null || entry.value() == null ? -1 : Long.parseLong(entry.value());
    }

    private Map<TopicPartition, ListOffsetsResultInfo> list(
            List<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> wanted =
                partitions.stream().collect(Collectors.toMap(Function.identity(), p -> spec));
        return get(admin.listOffsets(wanted, new ListOffsetsOptions(isolation)).all());
    }

    private static Map<TopicPartition, Long> offsets(Map<TopicPartition, ListOffsetsResultInfo> found) {
        return found.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().offset()));
    }

    private <V> V get(KafkaFuture<V> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new KafkaException("cannot look at topic " + topic + ": " + e.getCause(), e.getCause());
        }
    }
}
