package dev.headstream.schemas.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.schemas.Topics;
import dev.headstream.schemas.setup.TopicReport.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicAdminIT {
    private static BrokerInProcess broker;
    private static Admin admin;
    private static TopicAdmin topicAdmin;

    @BeforeAll
    static void startBroker(@TempDir Path directory) throws Exception {
        broker = BrokerInProcess.start(directory);
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
        topicAdmin = new TopicAdmin(admin, Duration.ofSeconds(30));
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        broker.close();
    }

    @Test
    void create_givenNothingThere_expectsAllCreatedAndThenAllMatching() {
        Topics topics = Topics.withPrefix("fresh");

        List<TopicReport> first = topicAdmin.create(topics, 3, (short) 1);

        assertThat(first).extracting(TopicReport::state).containsOnly(State.CREATED);
        assertThat(first)
                .extracting(TopicReport::toString)
                .containsExactly(
                        "fresh.jobs: created, 3 partitions",
                        "fresh.results: created, 3 partitions",
                        "fresh.state: created, 3 partitions",
                        "fresh.dead-letters: created, 1 partitions",
                        "fresh.cancellations: created, 1 partitions",
                        "fresh.cache: created, 1 partitions");
        awaitVisible(topics);
        assertThat(topicAdmin.create(topics, 3, (short) 1)).allMatch(report -> report.state() == State.MATCHES);
        assertThat(topicAdmin.describe(topics)).allMatch(TopicReport::asDefined);
    }

    @Test
    void describe_givenNothingThere_expectsMissing() {
        assertThat(topicAdmin.describe(Topics.withPrefix("absent")))
                .hasSize(6)
                .allMatch(report -> report.state() == State.MISSING);
    }

    @Test
    void create_givenJobsWithOtherCountAndSettings_expectsDifferenceNamedAndStateToFollow() throws Exception {
        Topics topics = Topics.withPrefix("grown");
        make(new NewTopic(topics.jobs(), 5, (short) 1).configs(Map.of("cleanup.policy", "compact")));

        List<TopicReport> reports = topicAdmin.create(topics, 3, (short) 1);

        assertThat(reports.get(0).state()).isEqualTo(State.DIFFERS);
        assertThat(reports.get(0).differences())
                .contains("partitions are 5, should be 3", "cleanup.policy is compact, should be delete");
        assertThat(reports.get(2)).isEqualTo(new TopicReport(topics.state(), State.CREATED, 5, List.of()));
    }

    @Test
    void describe_givenStateOfOtherCountThanJobs_expectsMismatchNamed() throws Exception {
        Topics topics = Topics.withPrefix("skewed");
        make(new NewTopic(topics.jobs(), 4, (short) 1));
        make(new NewTopic(topics.state(), 2, (short) 1));

        TopicReport state = topicAdmin.describe(topics).get(2);

        assertThat(state.asDefined()).isFalse();
        assertThat(state.differences().get(0)).contains("has 2 partitions, but skewed.jobs has 4");
    }

    @Test
    void describe_givenNoBroker_expectsTimeoutNamed() {
        try (Admin nobody = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:1"))) {
            TopicAdmin alone = new TopicAdmin(nobody, Duration.ofMillis(500));

            assertThatThrownBy(() -> alone.describe(Topics.defaults()))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("headstream.")
                    .hasMessageContaining("500 ms");
        }
    }

    private void make(NewTopic topic) throws Exception {
        admin.createTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
        Awaitility.await().until(() -> admin.listTopics().names().get().contains(topic.name()));
    }

    private void awaitVisible(Topics topics) {
        Awaitility.await().until(() -> topicAdmin.describe(topics).stream().noneMatch(r -> r.state() == State.MISSING));
    }
}
