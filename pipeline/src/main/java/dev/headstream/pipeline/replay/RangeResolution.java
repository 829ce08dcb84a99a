package dev.headstream.pipeline.replay;

import dev.headstream.pipeline.replay.ReplayBound.Offsets;
import dev.headstream.pipeline.replay.ReplayBound.Time;
import dev.headstream.pipeline.replay.ReplayPlan.Span;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Makes offsets of what was asked for, and refuses what the topic no longer holds or never held: all problems at once.
 * Pure.
 */
final class RangeResolution {
    private final String topic;
    private final SortedMap<Integer, TopicExtent> extents;
    private final TimeIndex times;

    /** Before this nothing can be relied on to be kept; empty if everything is kept as long as it is young enough. */
    private final Optional<Instant> keptSince;

    private final List<String> problems = new ArrayList<>();

    /** The first offset at or after a time; empty if there is none. */
    interface TimeIndex {
        Optional<Long> offsetAt(int partition, Instant time);
    }

    /**
     * @param keptSince the retention of the topic as a time: what is younger cannot have expired; empty if that is not
     *     known, since the topic is bounded by size
     */
    RangeResolution(
            String topic, SortedMap<Integer, TopicExtent> extents, TimeIndex times, Optional<Instant> keptSince) {
        this.topic = topic;
        this.extents = extents;
        this.times = times;
        this.keptSince = keptSince;
    }

    /**
     * The offsets between two bounds.
     *
     * @throws ReplayRefusedException naming every problem
     */
    ReplayPlan between(ReplayBound from, ReplayBound to) {
        SortedMap<Integer, Span> spans = new TreeMap<>();
        if (from instanceof Time first
                && to instanceof Time last
                && first.instant().isAfter(last.instant())) {
            problems.add("--from " + first.instant() + " is after --to " + last.instant());
        }
        for (int partition : partitions(from, to)) {
            TopicExtent extent = extents.get(partition);
            if (extent == null) {
                problems.add("partition " + partition + ": topic " + topic + " has no such partition, only "
                        + extents.firstKey() + " to " + extents.lastKey());
                continue;
            }
            long first = first(partition, from, extent);
            long end = end(partition, to, extent);
            if (first > end && problems.isEmpty()) {
                problems.add("partition " + partition + ": the range begins at " + first + " and ends before " + end);
            } else if (first < end) {
                spans.put(partition, new Span(first, end));
            }
        }
        refuse(problems);
        return new ReplayPlan(spans);
    }

    /**
     * Sees to it that what is left of a replay is still kept.
     *
     * @param positions by partition, the first offset that is not finished
     * @throws ReplayRefusedException naming what has expired
     */
    void checkKept(ReplayPlan plan, Map<Integer, Long> positions) {
        List<String> expired = new ArrayList<>();
        plan.spans().forEach((partition, span) -> {
            long next = positions.getOrDefault(partition, span.from());
            TopicExtent extent = extents.get(partition);
            long beginning = extent == null ? span.to() : extent.beginning();
            if (next < Math.min(beginning, span.to())) {
                expired.add(expired(partition, next, Math.min(beginning, span.to())));
            }
        });
        refuse(expired);
    }

    private Collection<Integer> partitions(ReplayBound from, ReplayBound to) {
        if (from instanceof Offsets first && to instanceof Offsets last) {
            Set<Integer> one = first.byPartition().keySet();
            Set<Integer> other = last.byPartition().keySet();
            if (!one.equals(other)) {
                problems.add("--from and --to must name the same partitions: --from has " + sorted(one) + ", --to has "
                        + sorted(other));
            }
            return new TreeSet<>(one);
        }
        if (from instanceof Offsets first) {
            return new TreeSet<>(first.byPartition().keySet());
        }
        return to instanceof Offsets last ? new TreeSet<>(last.byPartition().keySet()) : extents.keySet();
    }

    private long first(int partition, ReplayBound from, TopicExtent extent) {
        if (from instanceof Offsets offsets) {
            long first = offsets.byPartition().getOrDefault(partition, extent.beginning());
            if (first < extent.beginning()) {
                problems.add(expired(partition, first, extent.beginning()));
            }
            return first;
        }
        if (from instanceof Time time) {
            if (mayHaveExpired(time.instant(), extent)) {
                problems.add("partition " + partition + ": offsets up to " + (extent.beginning() - 1)
                        + " have expired, and events since " + time.instant() + " may have been among them; to replay"
                        + " what is kept, give --from " + partition + ":" + extent.beginning());
            }
            return atTime(partition, time, extent);
        }
        return extent.beginning();
    }

    /** Only what is older than the retention, and older than the oldest that is kept, can be gone. */
    private boolean mayHaveExpired(Instant from, TopicExtent extent) {
        boolean gone = extent.beginning() > 0;
        boolean young = keptSince.filter(since -> !from.isBefore(since)).isPresent();
        boolean keptFromBefore =
                extent.oldest().filter(oldest -> !oldest.isAfter(from)).isPresent();
        return gone && !young && !keptFromBefore;
    }

    private long end(int partition, ReplayBound to, TopicExtent extent) {
        if (to instanceof Offsets offsets) {
            long end = offsets.byPartition().getOrDefault(partition, extent.stableEnd());
            if (end > extent.end()) {
                problems.add("partition " + partition + ": --to " + end + " is beyond the end of the topic, which is "
                        + extent.end());
            }
            return end;
        }
        return to instanceof Time time ? atTime(partition, time, extent) : extent.stableEnd();
    }

    private long atTime(int partition, Time time, TopicExtent extent) {
        return times.offsetAt(partition, time.instant())
                .map(offset -> Math.min(offset, extent.stableEnd()))
                .orElse(extent.stableEnd());
    }

    private static String expired(int partition, long first, long beginning) {
        String missing = beginning - first == 1
                ? "offset " + first + " has"
                : "offsets " + first + " to " + (beginning - 1) + " have";
        return "partition " + partition + ": " + missing + " expired; the oldest that is kept is " + beginning;
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new ReplayRefusedException(String.join("\n", problems));
        }
    }

    private static String sorted(Set<Integer> partitions) {
        return new TreeSet<>(partitions).stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
