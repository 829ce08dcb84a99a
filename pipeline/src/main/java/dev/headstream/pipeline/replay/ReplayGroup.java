package dev.headstream.pipeline.replay;

import dev.headstream.pipeline.commit.CommittedOffsets;
import dev.headstream.pipeline.offset.FinishedOffsets;
import dev.headstream.pipeline.replay.ReplayPlan.Span;
import dev.headstream.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer group of a replay, which holds all that a replay must remember: how far it has come as the offsets of the
 * jobs topic, and what it covers as the offsets of the same partitions of the state topic, which the group never reads
 * (the offset is the end, the metadata names the beginning). Both are set in one request, so a replay has either begun or
 * not. The live group is never touched. Blocks; thread-safe.
 */
public final class ReplayGroup {
    private static final Logger log = LoggerFactory.getLogger(ReplayGroup.class);
    private static final Pattern FROM = Pattern.compile("headstream-replay from=(\\d+)");
    private static final int DELETE_TRIES = 40;
    private static final Duration DELETE_PAUSE = Duration.ofMillis(500);

    private final Admin admin;
    private final Topics topics;
    private final String groupId;
    private final CommittedOffsets committed;

    /**
     * @param admin stays the caller's to close
     * @param liveGroup the group of the workers
     */
    public ReplayGroup(Admin admin, Topics topics, String liveGroup, String replayId) {
        this.admin = admin;
        this.topics = topics;
        this.groupId = liveGroup + ".replay." + replayId;
        this.committed = new CommittedOffsets(admin);
    }

    /** Its name. */
    public String id() {
        return groupId;
    }

    /**
     * What the replay covers, if it has begun.
     *
     * @throws ReplayRefusedException if the group is somebody else's
     */
    public Optional<ReplayPlan> begun() throws InterruptedException {
        TreeMap<Integer, Span> spans = new TreeMap<>();
        Map<TopicPartition, OffsetAndMetadata> offsets = offsets();
        offsets.forEach((partition, end) -> {
            Matcher from = FROM.matcher(end.metadata());
            if (partition.topic().equals(topics.state()) && from.matches()) {
                spans.put(partition.partition(), new Span(Long.parseLong(from.group(1)), end.offset()));
            }
        });
        if (spans.isEmpty() && !offsets.isEmpty()) {
            throw new ReplayRefusedException(
                    "group " + groupId + " has offsets that no replay has left there: give another --id");
        }
        return spans.isEmpty() ? Optional.empty() : Optional.of(new ReplayPlan(spans));
    }

    /**
     * Begins a replay that has not begun. Partitions that take no part get an offset as well: there is nothing that a
     * consumer could fall back to.
     */
    public void begin(ReplayPlan plan, ReplayPlanner planner) throws InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        planner.ends().forEach((partition, end) -> offsets.put(partition, new OffsetAndMetadata(end)));
        plan.spans().forEach((partition, span) -> {
            offsets.put(new TopicPartition(topics.jobs(), partition), new OffsetAndMetadata(span.from()));
            offsets.put(
                    new TopicPartition(topics.state(), partition),
                    new OffsetAndMetadata(span.to(), "headstream-replay from=" + span.from()));
        });
        get(admin.alterConsumerGroupOffsets(groupId, offsets).all(), "begin the replay in");
    }

    /** How far it has come, from what is committed: it survives whatever process runs it. */
    public ReplayProgress progress(ReplayPlan plan) throws InterruptedException {
        Set<TopicPartition> partitions = plan.spans().keySet().stream()
                .map(partition -> new TopicPartition(topics.jobs(), partition))
                .collect(Collectors.toSet());
        if (partitions.isEmpty()) {
            return ReplayProgress.of(plan, Map.of());
        }
        Map<Integer, FinishedOffsets> finished = new HashMap<>();
        committed
                .readNow(groupId, partitions)
                .forEach((partition, offsets) -> finished.put(partition.partition(), offsets));
        return ReplayProgress.of(plan, finished);
    }

    /** Deletes the group, which must have no member any more; waits a while for the last one to be gone. */
    public void delete() throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                admin.deleteConsumerGroups(List.of(groupId)).all().get();
                return;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof GroupIdNotFoundException) {
                    return;
                }
                if (!(e.getCause() instanceof GroupNotEmptyException) || attempt >= DELETE_TRIES) {
                    log.warn("cannot delete group={}, delete it yourself: {}", groupId, String.valueOf(e.getCause()));
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(DELETE_PAUSE.toMillis());
            }
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets() throws InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> all;
        try {
            all = admin.listConsumerGroupOffsets(groupId)
                    .partitionsToOffsetAndMetadata()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Map.of();
            }
            throw new KafkaException("cannot look at group " + groupId + ": " + e.getCause(), e.getCause());
        }
        Map<TopicPartition, OffsetAndMetadata> set = new HashMap<>();
        all.forEach((partition, offset) -> {
            if (offset != null) {
                set.put(partition, offset);
            }
        });
        return set;
    }

    private <V> V get(KafkaFuture<V> answer, String what) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new KafkaException("cannot " + what + " group " + groupId + ": " + e.getCause(), e.getCause());
        }
    }
}
