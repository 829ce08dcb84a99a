package dev.headstream.pipeline.source;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Where reading ends: nowhere, or, for a replay, before an offset of each partition that takes part.
 *
 * @param bounded whether there is an end
 * @param offsets by partition, the first offset that is not read; of a partition that is not named nothing is
 */
public record SourceEnds(boolean bounded, Map<Integer, Long> offsets) {
    public SourceEnds {
        offsets = Map.copyOf(offsets);
    }

    /** No end: live work. */
    public static SourceEnds none() {
        return new SourceEnds(false, Map.of());
    }

    /** An end in each of these partitions, and nothing of the others. */
    public static SourceEnds at(Map<Integer, Long> offsets) {
        return new SourceEnds(true, offsets);
    }

    /** The first offset of a partition that is not read. */
    long of(TopicPartition partition) {
        return bounded ? offsets.getOrDefault(partition.partition(), 0L) : Long.MAX_VALUE;
    }
}
