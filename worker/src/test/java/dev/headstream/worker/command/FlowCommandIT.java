package dev.headstream.worker.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class FlowCommandIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    static HttpServer site;

    @TempDir
    private Path folder = Path.of(".");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() throws Exception {
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.createContext("/", exchange -> {
            byte[] page = ("<title>Echo</title><h1>" + exchange.getRequestURI().getQuery() + "</h1>")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        site.start();
    }

    @AfterAll
    static void stop() {
        site.stop(0);
    }

    private Path flow() throws Exception {
        Path file = folder.resolve("echo.yaml");
        Files.writeString(
                file,
                """
                flow: echo
                version: 1
                description: Says it again
                site: "http://127.0.0.1:%d"
                allowedHosts: [127.0.0.1]
                inputs:
                  query: {type: string, required: true}
                  heading: {type: string, default: h1}
                outputs: {said: string}
                steps:
                  - name: say
                    effect: read
                    budget: 30s
                    do:
                      - navigate: "/?${inputs.query}"
                      - assertText: {selector: h1, contains: ok}
                        timeout: 500ms
                      - extract: {said: h1}
                """
                        .formatted(site.getAddress().getPort()));
        return file;
    }

    private int execute(String... args) {
        return new CommandLine(new FlowCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void run_givenInputs_expectsOutputsOnOutAndTheTimelineOnErr() throws Exception {
        int code = execute("run", flow().toString(), "--input", "query=ok=1");

        assertThat(err.toString())
                .contains(" 1 navigate /?${inputs.query}")
                .contains("say RAN, within its budget of 30000 ms")
                .contains("SUCCEEDED in");
        assertThat(JSON.readTree(out.toString())).isEqualTo(JSON.readTree("{\"said\": \"ok=1\"}"));
        assertThat(code).isZero();
    }

    @Test
    void run_givenAFailure_expectsOneThePlaceAndThePicture() throws Exception {
        Path inputs = folder.resolve("inputs.json");
        Files.writeString(inputs, "{\"query\": \"nope\"}");

        int code = execute(
                "run",
                flow().toString(),
                "--inputs-file",
                inputs.toString(),
                "--screenshot-on-failure",
                "--artifacts",
                folder.resolve("art").toString());

        assertThat(code).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .contains("FAILED ASSERTION_FAILED: step 'say', action 2 (assertText h1): the text should contain 'ok'")
                .contains("artifact failure-say.png: file://");
    }

    @Test
    void run_givenRepeat_expectsAReport() throws Exception {
        Path report = folder.resolve("report.json");

        int code = execute(
                "run",
                flow().toString(),
                "--input",
                "query=ok",
                "--repeat",
                "6",
                "--contexts",
                "2",
                "--report",
                report.toString());

        assertThat(code).isZero();
        JsonNode figures = JSON.readTree(report.toFile());
        assertThat(figures.get("jobs").asInt()).isEqualTo(6);
        assertThat(figures.get("failed").asInt()).isZero();
        assertThat(figures.get("jobMillis")).hasSize(6);
        assertThat(figures.get("p95Millis").asLong())
                .isGreaterThanOrEqualTo(figures.get("p50Millis").asLong());
        assertThat(figures.get("wallMillis").asLong()).isPositive();
        assertThat(figures.get("jobsPerSecond").asDouble()).isPositive();
        assertThat(figures.get("pssPeakBytes").asLong()).isPositive();
        assertThat(err.toString()).contains("6 jobs, 0 failed");
    }

    @Test
    void run_givenBadInputs_expects64AndEachNamed() throws Exception {
        assertThat(execute("run", flow().toString(), "-i", "qery=x")).isEqualTo(64);
        assertThat(err.toString())
                .contains("inputs.query: missing")
                .contains("inputs.qery: unknown; did you mean 'query'?");
        assertThat(execute("run", flow().toString(), "--repeat", "0")).isEqualTo(64);
        assertThat(execute("run")).isEqualTo(64);
    }

    @Test
    void check_givenThreeMistakes_expects65AndAllWithTheirLines() throws Exception {
        Path file = flow();
        String broken = Files.readString(file)
                .replace("effect: read", "effect: reed")
                .replace("said: h1", "sayd: h1")
                .replace("500ms", "500");
        Files.writeString(file, broken);

        assertThat(execute("check", file.toString())).isEqualTo(65);

        List<String> lines = err.toString().lines().toList();
        assertThat(lines)
                .hasSize(3)
                .anySatisfy(line -> assertThat(line).startsWith(file + ":12:13: 'effect' must be read, idempotent or"))
                .anySatisfy(line -> assertThat(line).startsWith(file + ":17:18: 'timeout' of assertText: the duration"))
                .anySatisfy(line ->
                        assertThat(line).startsWith(file + ":18:25: 'sayd' is not declared; did you mean 'said'?"));
        assertThat(execute("run", file.toString(), "-i", "query=x")).isEqualTo(65);
    }

    @Test
    void check_givenGoodFiles_expectsZero() throws Exception {
        assertThat(execute("check", flow().toString(), folder.toString())).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("2 flows, no problem");
    }

    @Test
    void list_givenADirectory_expectsItsFlows() throws Exception {
        flow();

        assertThat(execute("list", folder.toString())).isZero();

        assertThat(out.toString())
                .contains("echo (version 1): Says it again")
                .contains("inputs   query (required), heading")
                .contains("outputs  said")
                .contains("steps    say");
    }
}
