package dev.headstream.pipeline.replay;

import dev.headstream.pipeline.admission.Selection;
import dev.headstream.schemas.MalformedRecordException;
import dev.headstream.schemas.Topics;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the topics for what a replay must know before it begins. Blocks; changes nothing. */
public final class ReplaySurvey {
    private static final Logger log = LoggerFactory.getLogger(ReplaySurvey.class);

    private final Map<String, Object> client;
    private final Topics topics;

    public ReplaySurvey(Map<String, Object> client, Topics topics) {
        this.client = Map.copyOf(client);
        this.topics = topics;
    }

    /**
     * What one partition of a range holds.
     *
     * @param events records that a reader sees, those that cannot be decoded too
     * @param selected how many of them would be run
     */
    public record PartitionCount(
            long events, long selected, long firstOffset, long lastOffset, Instant firstTime, Instant lastTime) {

        private PartitionCount with(long offset, Instant time, boolean isSelected) {
            return new PartitionCount(
                    events + 1,
                    selected + (isSelected ? 1 : 0),
                    firstOffset,
                    offset,
                    time.isBefore(firstTime) ? time : firstTime,
                    time.isAfter(lastTime) ? time : lastTime);
        }
    }

    /**
     * The filter that was asked for; reads the results topic if that takes it.
     *
     * @param unsafeFlow whether a flow has a step that must run once
     * @throws ReplayRefusedException if there are more results than fit into memory
     */
    public ReplayFilter filter(
            ReplayFilter.Options options,
            String replayId,
            Predicate<String> unsafeFlow,
            Deserializer<JobResult> results) {
        PastResults wanted = options.only().isEmpty() ? null : new PastResults(replayId, options.only());
        PastResults completed = options.skipCompleted() ? new PastResults(replayId, Set.of(JobStatus.SUCCEEDED)) : null;
        if (options.needsResults()) {
            readResults(results, wanted, completed);
        }
        return new ReplayFilter(options, unsafeFlow, wanted, completed);
    }

    private void readResults(
            Deserializer<JobResult> deserializer, @Nullable PastResults wanted, @Nullable PastResults completed) {
        try (TopicReader reader = new TopicReader(client)) {
            reader.readAll(topics.results(), record -> {
                try {
                    JobResult result = deserializer.deserialize(topics.results(), record.headers(), record.value());
                    if (result != null && wanted != null) {
                        wanted.add(result);
                    }
                    if (result != null && completed != null) {
                        completed.add(result);
                    }
                } catch (MalformedRecordException e) {
                    log.warn(
                            "not a result, left out topic={} partition={} offset={}",
                            record.topic(),
                            record.partition(),
                            record.offset());
                }
            });
        }
    }

    /** Reads the range and counts, by partition; partitions without an event are absent. */
    public SortedMap<Integer, PartitionCount> count(
            ReplayPlan plan, Selection selection, Deserializer<JobRequested> jobs) {
        SortedMap<Integer, PartitionCount> counts = new TreeMap<>();
        Map<TopicPartition, Long> from = new HashMap<>();
        Map<TopicPartition, Long> to = new HashMap<>();
        plan.spans().forEach((partition, span) -> {
            from.put(new TopicPartition(topics.jobs(), partition), span.from());
            to.put(new TopicPartition(topics.jobs(), partition), span.to());
        });
        try (TopicReader reader = new TopicReader(client)) {
            reader.read(from, to, record -> {
                Instant time = Instant.ofEpochMilli(record.timestamp());
                PartitionCount before = counts.getOrDefault(
                        record.partition(), new PartitionCount(0, 0, record.offset(), record.offset(), time, time));
                counts.put(record.partition(), before.with(record.offset(), time, isSelected(record, selection, jobs)));
            });
        }
        return counts;
    }

    private static boolean isSelected(
            ConsumerRecord<byte[], byte[]> record, Selection selection, Deserializer<JobRequested> jobs) {
        JobRequested request;
        try {
            request = jobs.deserialize(record.topic(), record.headers(), record.value());
        } catch (MalformedRecordException e) {
            return selection.selectsUndecodable();
        }
        return request == null ? selection.selectsUndecodable() : selection.selects(request);
    }
}
