package dev.headstream.loadgen.audit;

import dev.headstream.loadgen.audit.History.Event;
import dev.headstream.loadgen.audit.History.PartitionState;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Invariants B and G: a commit says of no unfinished event that it is finished, and in the end it covers all. Pure. */
final class Watermarks {
    private final History history;

    Watermarks(History history) {
        this.history = history;
    }

    Finding neverAboveUnfinished() {
        Finding.Count count = new Finding.Count(Invariant.WATERMARK);
        Set<String> executions = history.resultsByExecution().keySet();
        Set<Position> letters = history.deadLettersByOrigin().keySet();
        for (Event event : history.events()) {
            PartitionState partition = history.partitions().get(event.at().partition());
            if (partition == null || partition.committed().isEmpty()) {
                continue;
            }
            long committed = partition.committed().getAsLong();
            boolean below = event.at().offset() < committed;
            if (below || aheadOf(committed, partition.metadata(), event.at().offset())) {
                count.checked();
                boolean finished =
                        letters.contains(event.at()) || (event.jobId() != null && executions.contains(event.jobId()));
                if (!finished) {
                    count.breach("the event at " + event.at() + " has no terminal record, yet the commit of "
                            + committed + (below ? " is above it" : " marks it as finished"));
                }
            }
        }
        return count.finding();
    }

    Finding noLag() {
        Finding.Count count = new Finding.Count(Invariant.LAG);
        for (Map.Entry<Integer, PartitionState> entry : new TreeMap<>(history.partitions()).entrySet()) {
            PartitionState partition = entry.getValue();
            count.checked();
            long committed = partition.committed().orElse(partition.beginning());
            if (committed < partition.end()) {
                count.breach("partition " + entry.getKey() + " ends at " + partition.end() + ", "
                        + (partition.committed().isPresent() ? "committed is " + committed : "nothing is committed"));
            } else if (committed > partition.end()) {
                count.breach("partition " + entry.getKey() + " ends at " + partition.end() + ", yet committed is "
                        + committed);
            }
        }
        return count.finding();
    }

    /** Whether a commit's metadata marks an offset as finished. */
    private static boolean aheadOf(long base, String metadata, long offset) {
        long bit = offset - base;
        return bit >= 0
                && bit < Integer.MAX_VALUE
                && CommitMetadata.finishedAhead(base, metadata).get((int) bit);
    }
}
