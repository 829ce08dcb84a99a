package dev.headstream.schemas.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.schemas.TopicDefinition;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExistingTopicTest {
    private final TopicDefinition wanted =
            new TopicDefinition("t", 6, (short) 3, Map.of("cleanup.policy", "compact,delete", "retention.ms", "1000"));

    @Test
    void differences_givenSameInOtherWords_expectsNone() {
        ExistingTopic topic = new ExistingTopic(
                "t", 6, 3, Map.of("cleanup.policy", "delete, compact", "retention.ms", "1000", "other", "x"));

        assertThat(topic.differences(wanted)).isEmpty();
    }

    @Test
    void differences_givenAllDifferent_expectsEachWithBothValues() {
        ExistingTopic topic = new ExistingTopic("t", 4, 1, Map.of("cleanup.policy", "delete"));

        assertThat(topic.differences(wanted))
                .containsExactly(
                        "partitions are 4, should be 6",
                        "replication factor is 1, should be 3",
                        "cleanup.policy is delete, should be compact,delete",
                        "retention.ms is not set, should be 1000");
    }

    @Test
    void differences_givenDefaultReplicationWanted_expectsAnyTaken() {
        TopicDefinition any = new TopicDefinition("t", 6, (short) -1, Map.of());

        assertThat(new ExistingTopic("t", 6, 2, Map.of()).differences(any)).isEmpty();
    }
}
