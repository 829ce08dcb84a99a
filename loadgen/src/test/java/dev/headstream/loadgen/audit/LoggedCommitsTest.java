package dev.headstream.loadgen.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.loadgen.audit.CommitLog.Commit;
import dev.headstream.loadgen.audit.CommitLog.Entry;
import dev.headstream.loadgen.audit.CommitLog.Generation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LoggedCommitsTest {
    private static final Generation OF_FIRST = new Generation(1, Map.of(0, "first", 1, "first"));
    private static final Generation HANDED_OVER = new Generation(2, Map.of(0, "first"));
    private static final Generation SHARED = new Generation(3, Map.of(0, "first", 1, "second"));

    @Test
    void byOwners_givenCommitOfAPartitionThatBelongsToAnother_expectsBreach() {
        LoggedCommits commits =
                commits(OF_FIRST, commit("first", 1, 5, OF_FIRST), SHARED, commit("first", 1, 6, SHARED));

        Finding finding = commits.byOwners();

        assertThat(finding.checked()).isEqualTo(2);
        assertThat(finding.breaches()).isEqualTo(1);
        assertThat(finding.examples().get(0)).contains("first committed 6 of partition 1", "second in generation 3");
    }

    @Test
    void byOwners_givenCommitOfAPartitionThatIsBeingHandedOver_expectsNone() {
        assertThat(commits(commit("first", 1, 5, HANDED_OVER), commit("second", 1, 6, SHARED))
                        .byOwners()
                        .holds())
                .isTrue();
    }

    @Test
    void neverBack_givenLowerWatermark_expectsBreachInItsPartitionOnly() {
        Finding finding = commits(
                        commit("first", 0, 9, OF_FIRST),
                        commit("first", 1, 3, OF_FIRST),
                        commit("first", 0, 8, OF_FIRST))
                .neverBack();

        assertThat(finding.breaches()).isEqualTo(1);
        assertThat(finding.examples().get(0)).contains("partition 0", "from 9", "to 8");
    }

    @Test
    void bounded_givenMoreMetadataThanBrokersTake_expectsBreach() {
        assertThat(commits(new Commit("first", 0, 1, 4_097, OF_FIRST)).bounded().breaches())
                .isEqualTo(1);
    }

    private static LoggedCommits commits(Entry... entries) {
        return new LoggedCommits(new CommitLog(List.of(entries)));
    }

    private static Commit commit(String writer, int partition, long offset, Generation during) {
        return new Commit(writer, partition, offset, 0, during);
    }
}
