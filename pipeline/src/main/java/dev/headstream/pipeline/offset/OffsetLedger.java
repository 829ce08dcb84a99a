package dev.headstream.pipeline.offset;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.BitSet;
import java.util.Collection;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The polled and the finished offsets of one partition during one assignment.
 *
 * <p>The watermark is the lowest polled offset that is not finished; if there is none it is the consumer's position,
 * which also passes what poll never returns: transaction markers, aborted records and the gaps of compaction.
 *
 * <p>Thread-safe: the poll thread adds, the committer finishes.
 */
public final class OffsetLedger {

    /** Offsets that a poll may still bring after the gate was found open. */
    private static final int ROOM_FOR_ONE_POLL = 512;

    @GuardedBy("this")
    private final NavigableSet<Long> unfinished = new TreeSet<>();

    /** Finished offsets, those above the watermark only; pruned as the watermark rises. */
    @GuardedBy("this")
    private final NavigableSet<Long> done = new TreeSet<>();

    @GuardedBy("this")
    private long position = Long.MIN_VALUE;

    /** What the last owner had committed; everything below it is finished. */
    @GuardedBy("this")
    private long base = Long.MIN_VALUE;

    @GuardedBy("this")
    private boolean restored;

    @GuardedBy("this")
    private CommitPoint committed = new CommitPoint(Long.MIN_VALUE, "");

    /** Takes over what the last owner had finished; from now on the partition may be fetched and committed. */
    public synchronized void restore(FinishedOffsets finished) {
        BitSet above = finished.above();
        for (int bit = above.nextSetBit(0); bit >= 0; bit = above.nextSetBit(bit + 1)) {
            done.add(finished.base() + bit);
        }
        base = finished.base();
        restored = true;
    }

    /** Whether more may be fetched: what is finished already is known, and there is room to record what will be. */
    public synchronized boolean mayFetch() {
        return restored && !tooFarAhead();
    }

    /**
     * Records what one poll returned, and where the consumer stands after it. Both in one step: a position that is
     * ahead of unrecorded offsets would let the watermark pass them.
     */
    public synchronized void polled(Collection<Long> offsets, long positionAfter) {
        for (long offset : offsets) {
            if (!done.contains(offset)) {
                unfinished.add(offset);
            }
        }
        position = positionAfter;
    }

    /** Whether everything below an end was polled, here or by the last owner; there is nothing below 0. */
    public synchronized boolean hasReached(long end) {
        return end <= 0 || base >= end || position >= end;
    }

    /** Whether an offset is finished already, so that it need not run. */
    public synchronized boolean isDone(long offset) {
        return done.contains(offset);
    }

    /** Marks offsets as finished; called after the transaction that says so was committed. */
    public synchronized void complete(Collection<Long> offsets) {
        unfinished.removeAll(offsets);
        done.addAll(offsets);
        done.headSet(watermark(), false).clear();
    }

    /** What to commit if {@code finishing} were finished as well; changes nothing. */
    public synchronized CommitPoint pointWith(Collection<Long> finishing) {
        if (finishing.isEmpty()) {
            return new CommitPoint(watermark(), CompletedOffsets.encode(watermark(), done));
        }
        NavigableSet<Long> left = new TreeSet<>(unfinished);
        left.removeAll(finishing);
        long watermark = left.isEmpty() ? position : left.first();
        NavigableSet<Long> ahead = new TreeSet<>(done.tailSet(watermark, true));
        ahead.addAll(finishing);
        return new CommitPoint(watermark, CompletedOffsets.encode(watermark, ahead));
    }

    /** Remembers what was committed, so that an unmoved partition need not be committed again. */
    public synchronized void committed(CommitPoint point) {
        committed = point;
    }

    /** Whether the watermark has risen above what was committed last. */
    public synchronized boolean moved() {
        return isReady() && watermark() > committed.offset();
    }

    /**
     * Whether there is something to commit: the position is known, and so is what the last owner had finished. A commit
     * before that would overwrite the bitmap that is still being read.
     */
    public synchronized boolean isReady() {
        return restored && position != Long.MIN_VALUE;
    }

    /** Whether the consumer is so far above the watermark that no more could be recorded in a commit. */
    @GuardedBy("this")
    private boolean tooFarAhead() {
        return position != Long.MIN_VALUE && position - watermark() >= CompletedOffsets.MAX_AHEAD - ROOM_FOR_ONE_POLL;
    }

    /** Finished offsets above the watermark. */
    public synchronized int doneAhead() {
        return done.size();
    }

    /** Polled offsets that are not finished. */
    public synchronized int unfinishedCount() {
        return unfinished.size();
    }

    @GuardedBy("this")
    private long watermark() {
        return unfinished.isEmpty() ? position : unfinished.first();
    }
}
