package dev.headstream.loadgen.audit;

import dev.headstream.loadgen.audit.CommitLog.Commit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Invariants B, C and F by the coordinator's log of commits. Pure.
 *
 * <p>B: no watermark goes back. C: no commit is accepted for a partition that belongs to another member in the generation
 * of that moment. A partition that belongs to nobody then is being handed over, and its last owner may commit it still. F:
 * no commit has more metadata than every broker takes.
 */
final class LoggedCommits {
    private static final int MAX_METADATA = 4_096;

    private final List<Commit> commits;

    LoggedCommits(CommitLog log) {
        this.commits = log.entries().stream()
                .filter(Commit.class::isInstance)
                .map(Commit.class::cast)
                .toList();
    }

    Finding neverBack() {
        Finding.Count count = new Finding.Count(Invariant.WATERMARK);
        Map<Integer, Commit> last = new HashMap<>();
        for (Commit commit : commits) {
            count.checked();
            Commit before = last.put(commit.partition(), commit);
            if (before != null && before.offset() > commit.offset()) {
                count.breach(commit.writer() + " set partition " + commit.partition() + " back from " + before.offset()
                        + ", committed by " + before.writer() + ", to " + commit.offset());
            }
        }
        return count.finding();
    }

    Finding byOwners() {
        Finding.Count count = new Finding.Count(Invariant.OWNED_COMMITS);
        for (Commit commit : commits) {
            count.checked();
            String owner = commit.during().owners().get(commit.partition());
            if (owner != null && !owner.equals(commit.writer())) {
                count.breach(commit.writer() + " committed " + commit.offset() + " of partition " + commit.partition()
                        + ", which belonged to " + owner + " in generation "
                        + commit.during().number());
            }
        }
        return count.finding();
    }

    Finding bounded() {
        Finding.Count count = new Finding.Count(Invariant.BOUNDED);
        for (Commit commit : commits) {
            count.checked();
            if (commit.metadataLength() > MAX_METADATA) {
                count.breach("a commit of " + commit.writer() + " for partition " + commit.partition() + " has "
                        + commit.metadataLength() + " characters of metadata, brokers take " + MAX_METADATA);
            }
        }
        return count.finding();
    }
}
