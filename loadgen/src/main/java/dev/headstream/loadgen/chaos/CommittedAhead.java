package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.audit.CommitMetadata;
import dev.headstream.loadgen.connection.Deployment;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/** How many offsets a group's commits mark as finished above their watermarks. */
final class CommittedAhead {
    private CommittedAhead() {}

    static int of(Deployment deployment, String groupId) throws Exception {
        try (Backlog backlog = Backlog.of(deployment, groupId)) {
            return backlog.committed().values().stream()
                    .mapToInt(CommittedAhead::count)
                    .sum();
        }
    }

    private static int count(OffsetAndMetadata point) {
        return CommitMetadata.finishedAhead(point.offset(), point.metadata()).cardinality();
    }
}
