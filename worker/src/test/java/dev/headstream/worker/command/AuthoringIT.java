package dev.headstream.worker.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the author of a flow sees of a run: up to a step, along its time, as a page, and paused where it failed. */
final class AuthoringIT {
    static HttpServer site;

    @TempDir
    private Path folder = Path.of(".");

    private Path file = Path.of(".");
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> presses = new ArrayList<>();
    private boolean interactive = true;

    private final Terminal terminal = new Terminal() {
        @Override
        public boolean isInteractive() {
            return interactive;
        }

        @Override
        public void awaitEnter() {
            presses.add(err.toString());
        }
    };

    @BeforeAll
    static void start() throws Exception {
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.createContext("/", exchange -> {
            byte[] page = "<title>A <b> shop</title><h1>Hello</h1><button id=go-there>Go</button>"
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

    @BeforeEach
    void write() throws Exception {
        file = folder.resolve("shop.yaml");
        Files.writeString(
                file,
                """
                flow: shop
                version: 1
                site: "http://127.0.0.1:%d"
                allowedHosts: [127.0.0.1]
                outputs: {said: string, last: string}
                steps:
                  - name: look
                    effect: read
                    budget: 1ms
                    do:
                      - navigate: "/?private=1"
                      - if: {visible: "#go-there"}
                        then: [{extract: {said: h1}}]
                        else: [{extract: {said: h1}}]
                      - click: 'text="<script>alert(1)</script>"'
                        optional: true
                        timeout: 200ms
                  - name: fail
                    effect: read
                    do: [{click: "#go-here", timeout: 300ms}, {extract: {last: h1}}]
                """
                        .formatted(site.getAddress().getPort()));
    }

    private int run(String... options) {
        List<String> arguments = new ArrayList<>(List.of(file.toString()));
        arguments.addAll(List.of(options));
        return new CommandLine(new FlowRunCommand(terminal))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
    }

    @Test
    void run_givenAStep_expectsItsOutputsAndNothingAfterIt() {
        assertThat(run("--step", "look", "--timeline")).isZero();

        assertThat(out.toString()).isEqualToIgnoringWhitespace("{\"said\": \"Hello\"}");
        assertThat(err.toString())
                .contains("SUCCEEDED in")
                .doesNotContain("fail ")
                .containsPattern("\\d  look +#+ +OVER \\d+%")
                .containsPattern("\\d    1 navigate /\\?private=1 +#+ +slow \\d+%")
                .containsPattern("\\d      2\\.1 extract said")
                .contains("passed over");
        assertThat(err.toString().indexOf("2 if"))
                .as("a group stands before what it holds")
                .isNotNegative();
        assertThat(err.toString().lastIndexOf("    2 if"))
                .isLessThan(err.toString().lastIndexOf("2.1 extract"));
        assertThat(err.toString().lines())
                .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(100));
        assertThat(err.toString()).as("no terminal, no colours").doesNotContain("\u001b");
    }

    @Test
    void run_givenATrace_expectsAPageThatNeedsNothingElseAndEscapesAll() throws Exception {
        Path trace = folder.resolve("traces").resolve("run.html");

        assertThat(run("--trace", trace.toString())).isEqualTo(1);

        String page = Files.readString(trace);
        assertThat(page)
                .contains("<h1>shop", "data:image/jpeg;base64,/9j/", "failed: SELECTOR_NOT_FOUND")
                .contains("FAILED SELECTOR_NOT_FOUND", "closest: #go-there")
                .contains("text=&quot;&lt;script&gt;alert(1)&lt;/script&gt;&quot;")
                .doesNotContain("<script", "src=\"http", "href=\"http");
        assertThat(err.toString()).contains("trace " + trace.toUri());
    }

    @Test
    void run_givenAFailureAndAPause_expectsThePageOpenUntilSomebodyPressesEnter() {
        assertThat(run("--pause-on-failure")).isEqualTo(1);

        assertThat(presses).singleElement().asString().contains("paused:", "title A <b> shop", "--headed would");
        assertThat(presses.get(0)).containsPattern("url +http://127\\.0\\.0\\.1:\\d+/\\n");
        assertThat(presses.get(0)).as("the run has not ended yet").doesNotContain("FAILED SELECTOR_NOT_FOUND");
        assertThat(err.toString()).contains("FAILED SELECTOR_NOT_FOUND");
    }

    @Test
    void run_givenAPauseAndNoFailure_expectsNone() {
        assertThat(run("--pause-on-failure", "--step", "look")).isZero();

        assertThat(presses).isEmpty();
    }

    @Test
    void run_givenOptionsThatMakeNoSense_expects64AndWhatToDo() {
        interactive = false;
        assertThat(run("--pause-on-failure")).isEqualTo(64);
        assertThat(err.toString()).contains("--pause-on-failure needs a terminal");
        assertThat(run("--step", "lok")).isEqualTo(64);
        assertThat(err.toString()).contains("has no step 'lok'; did you mean 'look'?");
        assertThat(run("--trace", "run.zip")).isEqualTo(64);
        assertThat(err.toString()).contains("give it a name like run.html");
        assertThat(run("--timeline", "--repeat", "3")).isEqualTo(64);
        assertThat(err.toString()).contains("--timeline is for a look at one run");
    }
}
