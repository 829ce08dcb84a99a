package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.connection.Deployment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What the group has yet to commit of the jobs topic; brokers that do not answer mean that it is not known. */
final class Backlog implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Admin admin;
    private final String groupId;
    private final List<TopicPartition> partitions;
    private final Map<Integer, String> left = new TreeMap<>();

    private Backlog(Admin admin, String groupId, List<TopicPartition> partitions) {
        this.admin = admin;
        this.groupId = groupId;
        this.partitions = partitions;
    }

    static Backlog of(Deployment deployment, String groupId) {
        return new Backlog(
                deployment.admin(PATIENCE),
                groupId,
                IntStream.range(0, Arena.PARTITIONS)
                        .mapToObj(partition ->
                                new TopicPartition(deployment.topics().jobs(), partition))
                        .toList());
    }

    /** Whether all is committed. */
    boolean isDone() throws InterruptedException {
        left.clear();
        try {
            var ends = admin.listOffsets(
                            partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest())))
                    .all()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            Map<TopicPartition, OffsetAndMetadata> committed = committed();
            for (TopicPartition partition : partitions) {
                long end = Objects.requireNonNull(ends.get(partition)).offset();
                OffsetAndMetadata point = committed.get(partition);
                long done = point == null ? 0 : point.offset();
                if (done < end) {
                    left.put(partition.partition(), done + " of " + end);
                }
            }
        } catch (ExecutionException | TimeoutException noAnswer) {
            left.put(-1, "no answer: " + noAnswer.getMessage());
        }
        return left.isEmpty();
    }

    /** The commits of the group, by partition. */
    Map<TopicPartition, OffsetAndMetadata> committed()
            throws InterruptedException, ExecutionException, TimeoutException {
        return admin.listConsumerGroupOffsets(groupId)
                .partitionsToOffsetAndMetadata()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public String toString() {
        return left.entrySet().stream()
                .map(entry -> "partition " + entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
