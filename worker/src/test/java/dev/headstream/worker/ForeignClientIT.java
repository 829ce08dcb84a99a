package dev.headstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Jobs and results are Confluent's wire format to everybody: a producer and consumer in JavaScript, fetched from npm when the
 * test needs them and kept under {@code target}, send a job and read its result. Their scripts are never run by npm.
 */
@Timeout(300)
final class ForeignClientIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> PACKAGES = List.of("kafkajs@2.2.4", "@kafkajs/confluent-schema-registry@3.9.0");
    private static final Path FOLDER = Path.of("target", "npm-clients").toAbsolutePath();
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    static TestDeployment deployment;

    @BeforeAll
    static void open() throws IOException, InterruptedException {
        assumeTrue(install(), () -> "npm or its registry is not there: " + PACKAGES + " cannot be had");
        deployment = TestDeployment.open(ForeignClientIT.class, 2);
    }

    @AfterAll
    static void close() throws IOException {
        if (deployment != null) {
            deployment.close();
        }
    }

    @Test
    void job_givenClientFromNpm_expectsResultThatItReads() throws Exception {
        deployment.working();
        // no more than the contract demands: the rest are defaults of the schema
        Map<String, Object> job = Map.of(
                "jobId",
                "foreign-1",
                "flow",
                TestDeployment.FLOW,
                "inputs",
                Map.of("site", deployment.site(), "article", "1005"),
                "submittedAt",
                Instant.now().toEpochMilli());

        JsonNode answer = JSON.readTree(runClient(JSON.writeValueAsString(job)));

        JsonNode result = answer.path("result");
        assertThat(result.path("status").asText()).as(answer.toPrettyString()).isEqualTo("SUCCEEDED");
        assertThat(result.path("jobId").asText()).isEqualTo("foreign-1");
        assertThat(result.path("flow").asText()).isEqualTo(TestDeployment.FLOW);
        assertThat(result.path("flowVersion").asInt()).isEqualTo(3);
        assertThat(result.path("steps").findValuesAsText("name")).containsExactly("wait", "read");
        assertThat(result.path("source").path("topic").asText())
                .isEqualTo(deployment.topics().jobs());
        assertThat(JSON.readTree(result.path("outputJson").asText())
                        .path("title")
                        .asText())
                .isNotBlank();
        assertThat(answer.path("traceparent").asText()).isEqualTo(TRACE);
        assertThat(deployment.awaitResults("foreign", 1)).hasSize(1);
    }

    /** Makes sure of the packages; what is there already is not asked for again. */
    private static boolean install() throws IOException, InterruptedException {
        if (Files.isDirectory(FOLDER.resolve("node_modules/@kafkajs/confluent-schema-registry/dist"))) {
            return true;
        }
        Files.createDirectories(FOLDER);
        ProcessBuilder npm = new ProcessBuilder(
                "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", FOLDER.toString());
        npm.command().addAll(PACKAGES);
        try {
            return run(npm, FOLDER.resolve("npm.txt"), Duration.ofMinutes(2)) == 0;
        } catch (IOException noNpm) {
            return false;
        }
    }

    /** What the client printed. */
    private static String runClient(String job) throws IOException, InterruptedException, URISyntaxException {
        Path script =
                Path.of(ForeignClientIT.class.getResource("/foreign-client.cjs").toURI());
        Path output = FOLDER.resolve("client.txt");
        ProcessBuilder client = new ProcessBuilder(
                "node",
                script.toString(),
                deployment.deployment().bootstrap(),
                deployment.deployment().registry(),
                deployment.topics().jobs(),
                deployment.topics().results(),
                job,
                TRACE);
        client.environment().put("NODE_PATH", FOLDER.resolve("node_modules").toString());
        int exit = run(client, output, TestDeployment.PATIENCE);
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(exit).as(printed).isZero();
        return printed;
    }

    private static int run(ProcessBuilder command, Path output, Duration atMost)
            throws IOException, InterruptedException {
        Process process = command.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS))
                    .as(() -> command.command().get(0) + " did not end; see " + output)
                    .isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
