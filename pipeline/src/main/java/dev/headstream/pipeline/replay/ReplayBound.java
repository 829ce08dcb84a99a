package dev.headstream.pipeline.replay;

import java.time.Instant;
import java.util.Map;

/** One side of the range to replay, as it was asked for. */
public sealed interface ReplayBound {

    /** The oldest event that is kept, or behind the newest. */
    record Edge() implements ReplayBound {}

    /** The first event at or after a time, in every partition. */
    record Time(Instant instant) implements ReplayBound {}

    /** An offset for each partition that is named; the others take no part. */
    record Offsets(Map<Integer, Long> byPartition) implements ReplayBound {
        public Offsets {
            byPartition = Map.copyOf(byPartition);
        }
    }

    /**
     * Reads a bound: {@code 0:100,1:200}, a time with its zone, or an age such as {@code 2h}.
     *
     * @param option names it in messages
     * @param now what ages count from
     * @throws IllegalArgumentException saying what is wrong and what would be right
     */
    static ReplayBound parse(String option, String text, Instant now) {
        return new BoundText(option, text).parse(now);
    }
}
