package dev.headstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.headstream.loadgen.stack.EmbeddedRegistry;
import dev.headstream.loadgen.stack.TestKafka;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a worker says, and how it ends, when something that it needs is not there or is wrong. */
@Timeout(300)
final class WorkerStartIT {
    private static final int UNAVAILABLE = 69;
    private static final int CONFIGURATION = 78;
    /** More than the three seconds that are configured, because a JVM and a browser have to start and end besides. */
    private static final Duration BOUND = Duration.ofSeconds(40);

    @TempDir
    private Path folder = Path.of(".");

    private TestDeployment deployment;

    private TestDeployment open() throws IOException {
        deployment = TestDeployment.open(WorkerStartIT.class, 2);
        return deployment;
    }

    @AfterEach
    void close() throws IOException {
        deployment.close();
    }

    @Test
    void start_givenNoBroker_expectsOneLineAndExitAfterTheConfiguredWait() throws Exception {
        String nobody = "127.0.0.1:" + freePort();

        WorkerProcess worker = open().start("kafka.bootstrapServers=" + nobody, "kafka.startTimeout=3s");

        assertThat(worker.awaitExit(BOUND)).as(worker.errors()).isEqualTo(UNAVAILABLE);
        assertThat(worker.errors().lines())
                .singleElement()
                .asString()
                .startsWith("headstream: ")
                .contains("no broker answers at " + nobody, "3 s");
        assertThat(worker.output())
                .contains("waiting for the cluster: no broker answers at " + nobody)
                .doesNotContain("taking jobs");
    }

    @Test
    void start_givenNoTopics_expectsTheTopicAndTheCommandThatMakesIt() throws Exception {
        String prefix = TestKafka.uniqueName(WorkerStartIT.class);

        WorkerProcess worker = open().start("topics.prefix=" + prefix, "kafka.startTimeout=3s");

        assertThat(worker.awaitExit(BOUND)).as(worker.errors()).isEqualTo(UNAVAILABLE);
        assertThat(worker.errors().lines())
                .singleElement()
                .asString()
                .contains("topic " + prefix + ".", "does not exist", "headstream topics create");
    }

    @Test
    void start_givenWrongSettings_expectsAllOfThemNamed() throws Exception {
        WorkerProcess worker = open().start("kafka.gropuId=x", "contexts.max=1000", "drain.notice=soon");

        assertThat(worker.awaitExit(BOUND)).as(worker.errors()).isEqualTo(CONFIGURATION);
        assertThat(worker.errors())
                .contains("3 problems")
                .contains("kafka.gropuId", "kafka.groupId")
                .contains("contexts.max", "1000", "256")
                .contains("drain.notice", "soon", "15s");
    }

    @Test
    void start_givenWrongFlows_expectsEveryMistakeWithFileAndLine() throws Exception {
        Files.writeString(
                folder.resolve("first.yaml"),
                """
                flow: first
                version: 1
                site: "http://127.0.0.1:1"
                allowedHosts: [127.0.0.1]
                inputs: {query: {type: string}}
                outputs: {title: string}
                steps:
                  - name: read
                    effect: reed
                    do:
                      - navigate: "/?${inputs.qery}"
                      - extract: {title: h1}
                """);
        Files.writeString(
                folder.resolve("second.yaml"),
                """
                flow: second
                version: 1
                site: "http://127.0.0.1:1"
                allowedHosts: [127.0.0.1]
                steps:
                  - name: read
                    effect: read
                    do:
                      - navigat: "/"
                """);

        WorkerProcess worker = open().startWith(List.of("--flows", folder.toString()));

        assertThat(worker.awaitExit(BOUND)).as(worker.errors()).isEqualTo(CONFIGURATION);
        assertThat(worker.errors().lines())
                .anySatisfy(line -> assertThat(line).contains("first.yaml:9:", "reed"))
                .anySatisfy(line -> assertThat(line).contains("first.yaml:11:", "qery"))
                .anySatisfy(line -> assertThat(line).contains("second.yaml:9:", "navigat"));
    }

    @Test
    void start_givenNoRegistryAtFirst_expectsItToSaySoAndToWorkOnceThereIsOne() throws Exception {
        int port = freePort();
        deployment = TestDeployment.open(WorkerStartIT.class, 2, "http://127.0.0.1:" + port);
        WorkerProcess worker = deployment.start();

        await().atMost(TestDeployment.PATIENCE)
                .until(() -> worker.output().contains("waiting for the schema registry") || !worker.isAlive());

        assertThat(worker.isAlive()).as(worker.errors()).isTrue();
        assertThat(worker.output()).contains("127.0.0.1:" + port).doesNotContain("taking jobs");
        assertThat(status("/livez")).isEqualTo(200);
        assertThat(status("/readyz")).isEqualTo(503);

        try (EmbeddedRegistry late =
                EmbeddedRegistry.start(EmbeddedRegistry.Options.defaults().withPort(port))) {
            assertThat(late.url()).isEqualTo(deployment.deployment().registry());
            deployment.working();
            deployment.send(deployment.jobs("late", 3, Duration.ZERO));

            assertThat(deployment.awaitResults("late", 3))
                    .extracting(JobResult::getStatus)
                    .containsExactly(JobStatus.SUCCEEDED, JobStatus.SUCCEEDED, JobStatus.SUCCEEDED);
            assertThat(status("/readyz")).isEqualTo(200);
        }
    }

    private int status(String page) throws IOException, InterruptedException {
        String port = Files.readString(deployment.workDirectory().resolve("management.port"))
                .strip();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + page))
                .timeout(Duration.ofSeconds(20))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
