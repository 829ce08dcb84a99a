package dev.headstream.loadgen.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.SchemaRegistryConfig;
import dev.headstream.schemas.Topics;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestKafkaIT {

    @Test
    void topics_givenTwoTests_expectsTopicsAndContractsOfTheirOwn() throws Exception {
        TestKafka kafka = TestKafka.shared();
        Topics mine = kafka.topics(TestKafkaIT.class, 2);
        Topics others = kafka.topics(TestKafkaIT.class, 1);

        assertThat(mine.jobs()).startsWith("TestKafkaIT-").isNotEqualTo(others.jobs());
        assertThat(TestKafka.shared()).isSameAs(kafka);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
                SchemaRegistryClient registry =
                        SchemaRegistryClient.create(SchemaRegistryConfig.ofUrl(kafka.registryUrl()))) {
            assertThat(admin.listTopics().names().get()).contains(mine.state(), others.deadLetters());
            assertThat(registry.latest(mine.jobs() + "-value").schema().getName())
                    .isEqualTo("JobRequested");
        }
    }

    @Test
    void start_givenAnUnknownKind_expectsAnErrorThatListsTheKinds() {
        assertThatThrownBy(() -> TestKafka.start("podman"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("embedded, docker or host:port");
    }

    @Test
    void localStack_givenADirectory_expectsTheSameSchemaIdsAndPortsTheNextTime(@TempDir Path directory) {
        LocalStack.Options options = LocalStack.Options.defaults().withDataDirectory(directory);
        String bootstrap;
        int id;
        try (LocalStack stack = LocalStack.start(options)) {
            bootstrap = stack.bootstrap();
            id = idOfJobs(stack);
            assertThat(stack.topicReports()).hasSize(6).allMatch(report -> report.asDefined());
            assertThat(stack.dataDirectory()).contains(directory);
        }

        try (LocalStack stack = LocalStack.start(options.withPartitions(9))) {
            assertThat(stack.bootstrap()).isEqualTo(bootstrap);
            assertThat(idOfJobs(stack)).isEqualTo(id);
            assertThat(stack.topicReports().get(0).partitions()).isEqualTo(4);
        }
    }

    @Test
    void localStack_givenARegistryThatIsNone_expectsAnErrorThatNamesItAndNothingLeft(@TempDir Path directory) {
        LocalStack.Options options = LocalStack.Options.defaults().withDataDirectory(directory);
        int nobody = ClusterFile.freePorts(1).get(0);

        assertThatThrownBy(() -> LocalStack.start(options.withRegistryUrl("http://127.0.0.1:" + nobody)))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("127.0.0.1:" + nobody);
        DataDirectory.open(directory.resolve("kafka"), "kafka").close();
    }

    private static int idOfJobs(LocalStack stack) {
        try (SchemaRegistryClient registry =
                SchemaRegistryClient.create(SchemaRegistryConfig.ofUrl(stack.registryUrl()))) {
            return registry.latest(stack.topics().jobs() + "-value").id();
        }
    }
}
