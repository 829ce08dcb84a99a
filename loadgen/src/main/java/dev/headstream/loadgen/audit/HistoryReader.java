package dev.headstream.loadgen.audit;

import dev.headstream.loadgen.audit.History.Checkpoint;
import dev.headstream.loadgen.audit.History.DeadLetter;
import dev.headstream.loadgen.audit.History.Event;
import dev.headstream.loadgen.audit.History.PartitionState;
import dev.headstream.loadgen.audit.History.Result;
import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.schemas.AvroDeserializer;
import dev.headstream.schemas.MalformedRecordException;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.Topics;
import dev.headstream.v1.CompletedStep;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Reads a deployment's history from Kafka: first what is committed, then the events, then what came of them, so that a
 * live deployment never looks as if it had committed what it had not finished. Blocks; confined to one thread.
 */
final class HistoryReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int MAX_JOB_ID_CHARS = 200;
    private static final String OFFSETS_TOPIC = "__consumer_offsets";

    private final Topics topics;
    private final String groupId;
    private final Admin admin;
    private final SchemaRegistryClient registry;
    private final KafkaConsumer<String, byte[]> consumer;

    HistoryReader(Deployment deployment, String groupId, Duration patience) {
        this.topics = deployment.topics();
        this.groupId = groupId;
        this.admin = deployment.admin(patience);
        this.registry = deployment.registryClient();
        this.consumer = deployment.consumer();
    }

    /**
     * Reads all of it.
     *
     * @param settle how long an open transaction may stay open before it counts as hanging
     * @throws KafkaException if the brokers cannot be asked
     */
    History read(@Nullable List<Submission> submissions, Duration settle) throws InterruptedException {
        Map<Integer, PartitionState> partitions = partitionStates();
        List<Event> events = new ArrayList<>();
        AvroDeserializer<JobRequested> jobs = new AvroDeserializer<>(JobRequested.class, registry);
        readAll(topics.jobs(), record -> events.add(event(record, jobs)));
        List<Result> results = new ArrayList<>();
        List<Position> unreadable = new ArrayList<>();
        AvroDeserializer<JobResult> decoder = new AvroDeserializer<>(JobResult.class, registry);
        readAll(topics.results(), record -> addResult(record, decoder, results, unreadable));
        List<DeadLetter> deadLetters = new ArrayList<>();
        readAll(topics.deadLetters(), record -> addDeadLetter(record, deadLetters));
        List<Checkpoint> checkpoints = new ArrayList<>();
        AvroDeserializer<JobState> states = new AvroDeserializer<>(JobState.class, registry);
        readAll(topics.state(), record -> addCheckpoint(record, states, checkpoints));
        List<String> open = new OpenTransactions(admin, watched()).hangingFor(settle);
        return new History(submissions, events, results, unreadable, deadLetters, checkpoints, partitions, open);
    }

    @Override
    public void close() {
        consumer.close();
        registry.close();
        admin.close(Duration.ofSeconds(1));
    }

    private Map<Integer, PartitionState> partitionStates() throws InterruptedException {
        List<TopicPartition> partitions = partitions(topics.jobs());
        Map<TopicPartition, OffsetAndMetadata> committed = committed(partitions);
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<Integer, PartitionState> states = new HashMap<>();
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata point = committed.get(partition);
            states.put(
                    partition.partition(),
                    new PartitionState(
                            beginnings.getOrDefault(partition, 0L),
                            ends.getOrDefault(partition, 0L),
                            point == null ? OptionalLong.empty() : OptionalLong.of(point.offset()),
                            point == null ? "" : point.metadata()));
        }
        return states;
    }

    /** Offsets of a pending transaction are waited for, as a worker that takes over would. */
    private Map<TopicPartition, OffsetAndMetadata> committed(List<TopicPartition> partitions)
            throws InterruptedException {
        ListConsumerGroupOffsetsSpec spec = new ListConsumerGroupOffsetsSpec().topicPartitions(partitions);
        try {
            return admin.listConsumerGroupOffsets(
                            Map.of(groupId, spec), new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata(groupId)
                    .get();
        } catch (ExecutionException e) {
            throw new KafkaException("cannot read the committed offsets of group " + groupId, e.getCause());
        }
    }

    private void readAll(String topic, Consumer<ConsumerRecord<String, byte[]>> visitor) {
        List<TopicPartition> partitions = partitions(topic);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(POLL).forEach(visitor);
        }
    }

    private List<TopicPartition> partitions(String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    /** Our topics, and the partition of the offsets topic that holds the group's commits. */
    private Collection<TopicPartition> watched() {
        List<TopicPartition> watched = new ArrayList<>();
        for (String topic : List.of(topics.jobs(), topics.results(), topics.state(), topics.deadLetters())) {
            watched.addAll(partitions(topic));
        }
        int offsetPartitions = consumer.partitionsFor(OFFSETS_TOPIC).size();
        if (offsetPartitions > 0) {
            watched.add(new TopicPartition(OFFSETS_TOPIC, Utils.abs(groupId.hashCode()) % offsetPartitions));
        }
        return watched;
    }

    private static Event event(ConsumerRecord<String, byte[]> record, AvroDeserializer<JobRequested> jobs) {
        try {
            JobRequested job = jobs.deserialize(record.topic(), record.value());
            if (job != null && !job.getJobId().isEmpty() && job.getJobId().length() <= MAX_JOB_ID_CHARS) {
                return new Event(at(record), record.key(), job.getJobId(), job.getSessionKey());
            }
        } catch (MalformedRecordException noEvent) {
            // stands as an event without an id: it must have a dead letter
        }
        return new Event(at(record), record.key(), null, null);
    }

    private static void addResult(
            ConsumerRecord<String, byte[]> record,
            AvroDeserializer<JobResult> decoder,
            List<Result> results,
            List<Position> unreadable) {
        try {
            JobResult result = decoder.deserialize(record.topic(), record.value());
            if (result != null) {
                // without what is large and not judged
                results.add(new Result(
                        at(record),
                        JobResult.newBuilder(result).setOutputJson(null).build()));
                return;
            }
        } catch (MalformedRecordException noResult) {
            // told below
        }
        unreadable.add(at(record));
    }

    private void addDeadLetter(ConsumerRecord<String, byte[]> record, List<DeadLetter> letters) {
        String topic = text(record, "headstream-origin-topic");
        String partition = text(record, "headstream-origin-partition");
        String offset = text(record, "headstream-origin-offset");
        if (topics.jobs().equals(topic) && partition != null && offset != null) {
            letters.add(new DeadLetter(at(record), new Position(Integer.parseInt(partition), Long.parseLong(offset))));
        }
    }

    private static void addCheckpoint(
            ConsumerRecord<String, byte[]> record, AvroDeserializer<JobState> decoder, List<Checkpoint> checkpoints) {
        JobState state = decoder.deserialize(record.topic(), record.value());
        if (state != null) {
            List<CompletedStep> steps = state.getSteps().stream()
                    .map(step ->
                            CompletedStep.newBuilder(step).setOutputJson(null).build())
                    .toList();
            checkpoints.add(new Checkpoint(
                    at(record),
                    JobState.newBuilder(state)
                            .setStorageState(null)
                            .setSteps(steps)
                            .build()));
        }
    }

    private static @Nullable String text(ConsumerRecord<String, byte[]> record, String header) {
        Header found = record.headers().lastHeader(header);
        return found == null ? null : new String(found.value(), StandardCharsets.UTF_8);
    }

    private static Position at(ConsumerRecord<String, byte[]> record) {
        return new Position(record.partition(), record.offset());
    }
}
