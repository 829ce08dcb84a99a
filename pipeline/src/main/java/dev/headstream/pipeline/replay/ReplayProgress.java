package dev.headstream.pipeline.replay;

import dev.headstream.pipeline.offset.FinishedOffsets;
import dev.headstream.pipeline.replay.ReplayPlan.Span;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far a replay has come.
 *
 * @param watermarks by partition, the first offset that is not finished
 * @param finished finished offsets of all partitions, those above the watermarks too
 */
public record ReplayProgress(Map<Integer, Long> watermarks, long finished, boolean complete) {
    public ReplayProgress {
        watermarks = Map.copyOf(watermarks);
    }

    static ReplayProgress of(ReplayPlan plan, Map<Integer, FinishedOffsets> committed) {
        Map<Integer, Long> watermarks = new TreeMap<>();
        long finished = 0;
        boolean complete = true;
        for (Map.Entry<Integer, Span> entry : plan.spans().entrySet()) {
            Span span = entry.getValue();
            FinishedOffsets offsets = committed.get(entry.getKey());
            long watermark = offsets == null ? span.from() : Math.max(span.from(), offsets.base());
            watermarks.put(entry.getKey(), watermark);
            complete &= watermark >= span.to();
            finished += Math.min(watermark, span.to()) - span.from();
            finished += offsets == null ? 0 : ahead(offsets, span);
        }
        return new ReplayProgress(watermarks, finished, complete);
    }

    private static long ahead(FinishedOffsets offsets, Span span) {
        return offsets.above().stream()
                .filter(bit -> offsets.base() + bit < span.to())
                .count();
    }
}
