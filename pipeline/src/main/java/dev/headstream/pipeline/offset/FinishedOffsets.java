package dev.headstream.pipeline.offset;

import java.util.BitSet;

/**
 * What a commit says is finished in a partition: everything below {@code base}, and offset {@code base + i} for every
 * bit {@code i}.
 */
public record FinishedOffsets(long base, BitSet above) {

    /** A partition of which nothing was committed. */
    public static FinishedOffsets none() {
        return new FinishedOffsets(0, new BitSet());
    }

    /** Whether an offset is finished. */
    public boolean contains(long offset) {
        long bit = offset - base;
        return bit < 0 || (bit < CompletedOffsets.MAX_AHEAD && above.get((int) bit));
    }
}
