package dev.headstream.pipeline.replay;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a replay covers.
 *
 * @param spans by partition; none is empty
 */
public record ReplayPlan(SortedMap<Integer, Span> spans) {
    public ReplayPlan {
        spans = Collections.unmodifiableSortedMap(new TreeMap<>(spans));
    }

    /**
     * Offsets of one partition. Markers of transactions and gaps of compaction count as well: it is not the number of
     * events.
     *
     * @param from the first
     * @param to the first that is not meant any more
     */
    public record Span(long from, long to) {
        public Span {
            if (from < 0 || to <= from) {
                throw new IllegalArgumentException("no span: from " + from + " to " + to);
            }
        }

        long offsets() {
            return to - from;
        }
    }

    /** Offsets of all partitions. */
    public long offsets() {
        return spans.values().stream().mapToLong(Span::offsets).sum();
    }

    /** By partition, the first offset that is not read. */
    public Map<Integer, Long> ends() {
        Map<Integer, Long> ends = new TreeMap<>();
        spans.forEach((partition, span) -> ends.put(partition, span.to()));
        return ends;
    }
}
