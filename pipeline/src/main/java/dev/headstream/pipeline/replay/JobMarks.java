package dev.headstream.pipeline.replay;

import dev.headstream.pipeline.HashedId;

/**
 * A yes or no for each of many jobs, by the hash of its id: 17 bytes a slot in three arrays, no objects. Not thread-safe
 * while it is filled.
 */
final class JobMarks {
    /** About 70 MB of slots. */
    private static final int MOST = 2_500_000;

    private static final byte NO = 1;
    private static final byte YES = 2;

    private long[] highs = new long[1_024];
    private long[] lows = new long[1_024];
    private byte[] marks = new byte[1_024];
    private int size;

    /**
     * Sets the mark of a job. A job without a mark is not marked: to set that costs nothing.
     *
     * @throws ReplayRefusedException if there are more than it is made for
     */
    void put(String jobId, boolean mark) {
        HashedId id = HashedId.of(jobId);
        int slot = slot(id);
        if (marks[slot] == 0) {
            if (!mark) {
                return;
            }
            if (size == MOST) {
                throw new ReplayRefusedException("the results topic has more than " + MOST
                        + " jobs that the filters must remember: replay without --only and --skip-completed, or let"
                        + " results expire");
            }
            if (3L * ++size > 2L * marks.length) {
                grow();
                slot = slot(id);
            }
            highs[slot] = id.high();
            lows[slot] = id.low();
        }
        marks[slot] = mark ? YES : NO;
    }

    /** The mark of a job. */
    boolean isMarked(String jobId) {
        return marks[slot(HashedId.of(jobId))] == YES;
    }

    /** Where an id stands, or would. */
    private int slot(HashedId id) {
        int mask = marks.length - 1;
        int slot = (int) id.low() & mask;
        while (marks[slot] != 0 && (highs[slot] != id.high() || lows[slot] != id.low())) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldHighs = highs;
        long[] oldLows = lows;
        byte[] oldMarks = marks;
        highs = new long[oldMarks.length * 2];
        lows = new long[oldMarks.length * 2];
        marks = new byte[oldMarks.length * 2];
        for (int i = 0; i < oldMarks.length; i++) {
            if (oldMarks[i] != 0) {
                int slot = slot(new HashedId(oldHighs[i], oldLows[i]));
                highs[slot] = oldHighs[i];
                lows[slot] = oldLows[i];
                marks[slot] = oldMarks[i];
            }
        }
    }
}
