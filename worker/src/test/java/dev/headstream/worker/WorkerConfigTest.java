package dev.headstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.headstream.pipeline.PipelineConfig;
import dev.headstream.pipeline.retry.RetryPolicy;
import dev.headstream.pipeline.source.GroupProtocol;
import dev.headstream.schemas.Topics;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.browser.BrowserConfig.Sandbox;
import dev.headstream.worker.setting.DataSize;
import dev.headstream.worker.setting.SettingProblem;
import dev.headstream.worker.setting.SettingSources;
import dev.headstream.worker.setting.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerConfigTest {
    /** Run with {@code -Dheadstream.update=true} to write the file anew after a change of the settings. */
    private static final Path REFERENCE = Path.of("..", "deploy", "worker.yaml");

    @BeforeAll
    static void updateIfAsked() throws IOException {
        if (Boolean.getBoolean("headstream.update")) {
            Files.writeString(REFERENCE, WorkerConfig.reference());
        }
    }

    @Test
    void reference_givenTheFileInDeploy_expectsTheSameText() throws IOException {
        assertThat(Files.readString(REFERENCE)).isEqualTo(WorkerConfig.reference());
    }

    @Test
    void load_givenTheReferenceFile_expectsTheDefaults() {
        WorkerConfig loaded = WorkerConfig.load(SettingSources.defaults().file(REFERENCE));

        assertThat(loaded).isEqualTo(WorkerConfig.defaults());
    }

    @Test
    void load_givenNothing_expectsDocumentedDefaults() {
        WorkerConfig config = WorkerConfig.defaults();

        assertThat(config.jobTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.drain().notice()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.management().host()).isEqualTo("127.0.0.1");
        assertThat(config.memory().soft()).isEqualTo(0.75);
        assertThat(config.memory().hard()).isEqualTo(0.90);
        assertThat(config.memory().limit()).isEmpty();
        assertThat(config.delivery().commitInterval()).isEqualTo(Duration.ofMillis(100));
        assertThat(config.contexts().max()).isEqualTo(2 * Runtime.getRuntime().availableProcessors());
        assertThat(config.topics().jobs()).isEqualTo("headstream.jobs");
        assertThat(config.browser().executable()).isEmpty();
    }

    @Test
    void load_givenTheSameKeyInAllSources_expectsTheLaterOneToWin() {
        SettingSources sources = SettingSources.defaults()
                .yaml("worker.yaml", "jobTimeout: 10s\nkafka:\n  groupId: file\nmemory: {soft: 50%, limit: 2Gi}\n")
                .environment(Map.of("HEADSTREAM_KAFKA_GROUP_ID", "environment", "HEADSTREAM_JOB_TIMEOUT", "20s"))
                .option("jobTimeout", "30s")
                .option("browser.sandbox", "off");

        WorkerConfig config = WorkerConfig.load(sources);

        assertThat(config.jobTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.kafka().groupId()).isEqualTo("environment");
        assertThat(config.memory().soft()).isEqualTo(0.5);
        assertThat(config.memory().limit()).contains(DataSize.ofMebibytes(2048));
        assertThat(config.browser().sandbox()).isEqualTo(Sandbox.OFF);
    }

    @Test
    void load_givenDefaults_expectsThoseOfThePartsThatAreConfigured() {
        WorkerConfig config = WorkerConfig.defaults();

        BrowserConfig browser = BrowserConfig.defaults();
        assertThat(config.workDirectory()).isEqualTo(browser.workDirectory());
        assertThat(config.browser().startTimeout()).isEqualTo(browser.startTimeout());
        assertThat(config.browser().nodeHeap()).isEqualTo(DataSize.ofMebibytes(browser.nodeHeapMegabytes()));
        RetryPolicy retry = RetryPolicy.defaults();
        assertThat(config.retry())
                .isEqualTo(
                        new WorkerConfig.Retry(retry.initial(), retry.max(), retry.jitter(), retry.maxInterruptions()));
        PipelineConfig pipeline = PipelineConfig.defaults(Map.of(), Topics.defaults(), "g", "w");
        assertThat(config.delivery().commitInterval()).isEqualTo(pipeline.commitInterval());
        assertThat(config.delivery().maxResult().bytes()).isEqualTo(pipeline.maxResultBytes());
        assertThat(config.jobTimeout()).isEqualTo(pipeline.jobTimeout());
        assertThat(config.delivery().mode()).isEqualTo(pipeline.delivery());
        assertThat(config.kafka().groupProtocol()).isEqualTo(pipeline.groupProtocol());
    }

    @Test
    void load_givenManyMistakes_expectsAllOfThemWithKeyValueAndRange() {
        SettingSources sources = SettingSources.defaults()
                .yaml("worker.yaml", "jobTimout: 10s\ncontexts:\n  max: 0\nretry:\n  initial: 10\n  max: 1s\n")
                .environment(Map.of("HEADSTREAM_MANAGEMENT_PORT", "99999", "HEADSTREAM_KAFKA_GROUPID", "x"))
                .option("memory.soft", "95%")
                .option("kafka.client.isolation.level", "read_uncommitted");

        List<SettingProblem> problems = problems(sources);

        assertThat(problems)
                .extracting(SettingProblem::toString)
                .containsExactlyInAnyOrder(
                        "contexts.max: '0' (worker.yaml line 3) is not allowed; allowed: auto, or 1 to 256",
                        "retry.initial: '10' (worker.yaml line 5) is not a duration such as 500ms, 8s, 1m30s or 6h;"
                                + " allowed: 1ms to 1h",
                        "management.port: '99999' (environment variable HEADSTREAM_MANAGEMENT_PORT) is not allowed;"
                                + " allowed: 0 to 65535",
                        "memory: soft (95%) must be below hard (90%)",
                        "kafka.client.isolation.level: '***' (command line) is set by the worker, because delivery"
                                + " rests on it; leave it out",
                        "HEADSTREAM_KAFKA_GROUPID: (environment) is no setting; did you mean"
                                + " HEADSTREAM_KAFKA_GROUP_ID?",
                        "jobTimout: (worker.yaml line 1) is no setting; did you mean jobTimeout?");
    }

    @Test
    void load_givenSessionSettingsThatTheBrokersDecide_expectsThemRefusedWithWhatToDo() {
        SettingSources sources = SettingSources.defaults().option("kafka.client.session.timeout.ms", "6000");
        assertThat(WorkerConfig.load(sources).kafka().groupProtocol()).isEqualTo(GroupProtocol.CLASSIC);

        List<SettingProblem> problems = problems(sources.option("kafka.groupProtocol", "consumer"));

        assertThat(problems)
                .singleElement()
                .extracting(SettingProblem::toString)
                .asString()
                .startsWith("kafka: ")
                .contains("session.timeout.ms", "group.consumer.session.timeout.ms", "groupProtocol classic");
    }

    @Test
    void load_givenAWorkDirectoryThatTheBrowserCannotUse_expectsAProblemOfThatKey() {
        String tooLong = "/tmp/" + "x".repeat(60);

        assertThat(problems(SettingSources.defaults().option("workDirectory", tooLong)))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.key()).isEqualTo("workDirectory");
                    assertThat(problem.reason()).contains("65 bytes long");
                });
    }

    @Test
    void load_givenAKeyWithoutItsSection_expectsTheFullKeyAsHint() {
        assertThat(problems(SettingSources.defaults().option("groupId", "x"))
                        .get(0)
                        .reason())
                .isEqualTo("is no setting; did you mean kafka.groupId?");
        assertThat(problems(SettingSources.defaults().option("drain", "30s"))
                        .get(0)
                        .reason())
                .isEqualTo("is a section, not a setting; its settings are drain.notice");
        assertThat(problems(SettingSources.defaults().option("zzzzzzzz", "1"))
                        .get(0)
                        .reason())
                .contains("deploy/worker.yaml lists all");
    }

    @Test
    void load_givenClientProperties_expectsThemPassedThroughFromEverySource(@TempDir Path directory)
            throws IOException {
        Path password = Files.writeString(directory.resolve("password"), "from a file\n");
        SettingSources sources = SettingSources.defaults()
                .yaml(
                        "worker.yaml",
                        "kafka:\n  client:\n    security.protocol: SASL_SSL\n    sasl: {mechanism: PLAIN}\n"
                                + "    ssl.truststore.password: ${file:" + password + "}\n")
                .environment(Map.of(
                        "HEADSTREAM_KAFKA_CLIENT_SASL_JAAS_CONFIG",
                        "Plain required username=\"me\" password=\"${env:KAFKA_PASSWORD}\";",
                        "KAFKA_PASSWORD",
                        "from $1 the environment"));

        WorkerConfig config = WorkerConfig.load(sources);

        assertThat(config.kafka().connectionProperties())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "bootstrap.servers", "127.0.0.1:9092",
                        "security.protocol", "SASL_SSL",
                        "sasl.mechanism", "PLAIN",
                        "ssl.truststore.password", "from a file",
                        "sasl.jaas.config", "Plain required username=\"me\" password=\"from $1 the environment\";"));
        assertThat(config.toString()).doesNotContain("from a file", "from $1").contains("sasl.jaas.config");
    }

    @Test
    void load_givenSecretsInPlainText_expectsThemRefusedAndNotRepeated() {
        SettingSources sources = SettingSources.defaults()
                .option("registry.username", "me")
                .option("registry.password", "hunter2")
                .option("registry.client.basic.auth.user.info", "me:hunter2")
                .option("kafka.client.ssl.key.password", "hunter2")
                .option("kafka.client.sasl.jaas.config", "Plain required username=\"me\" password=\"hunter2\";");

        SettingsException refused = refusal(sources);

        assertThat(refused.problems())
                .extracting(SettingProblem::key)
                .containsExactly(
                        "kafka.client.sasl.jaas.config",
                        "kafka.client.ssl.key.password",
                        "registry.password",
                        "registry.client.basic.auth.user.info");
        assertThat(refused).hasMessageContaining("4 problems").hasMessageNotContaining("hunter2");
    }

    @Test
    void load_givenRegistryCredentials_expectsConfluentsKeysAndNoSecretInText() {
        SettingSources sources = SettingSources.defaults()
                .environment(Map.of("REGISTRY_PASSWORD", "hunter2"))
                .option("registry.urls", "http://a:1, https://b:2")
                .option("registry.username", "me")
                .option("registry.password", "${env:REGISTRY_PASSWORD}");

        WorkerConfig config = WorkerConfig.load(sources);

        assertThat(config.registry().properties())
                .containsEntry("schema.registry.url", "http://a:1,https://b:2")
                .containsEntry("basic.auth.user.info", "me:hunter2");
        assertThat(config.toString()).doesNotContain("hunter2");
    }

    @Test
    void load_givenReferencesThatLeadNowhere_expectsThemNamed() {
        SettingSources sources = SettingSources.defaults()
                .option("kafka.groupId", "${env:NOT_THERE}")
                .option("registry.password", "${file:/not/there}")
                .option("registry.username", "me");

        assertThat(problems(sources))
                .extracting(SettingProblem::reason)
                .containsExactly(
                        "refers to the environment variable NOT_THERE, which is not set",
                        "refers to the file /not/there, which cannot be read");
    }

    @Test
    void load_givenVariablesOfOthersUnderOurPrefix_expectsThemIgnored() {
        SettingSources sources = SettingSources.defaults()
                .environment(Map.of(
                        "HEADSTREAM_SERVICE_HOST", "10.0.0.1",
                        "HEADSTREAM_SERVICE_PORT_HTTP", "9464",
                        "HEADSTREAM_PORT_9464_TCP_ADDR", "10.0.0.1",
                        "HEADSTREAM_MANAGEMENT_PORT", "tcp://10.0.0.1:9464",
                        "HEADSTREAM_TEST_KAFKA", "embedded",
                        "HEADSTREAM_SECRET_PORTAL_PASSWORD", "hunter2",
                        "HEADSTREAM_KAFKA_GROUP_ID", "",
                        "PATH", "/usr/bin"));

        assertThat(WorkerConfig.load(sources)).isEqualTo(WorkerConfig.defaults());
    }

    private static List<SettingProblem> problems(SettingSources sources) {
        return refusal(sources).problems();
    }

    private static SettingsException refusal(SettingSources sources) {
        return catchThrowableOfType(SettingsException.class, () -> WorkerConfig.load(sources));
    }
}
