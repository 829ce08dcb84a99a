package dev.headstream.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.worker.artifact.DirectoryArtifactStore;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.ContextSpec;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.secret.SecretReferences;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a page asks for whose flow does without some of it. */
final class ResourceBlockIT {
    private static final String PAGE =
            """
            <style>@font-face {font-family: f; src: url(/face.woff2)} p {font-family: f}</style>
            <p>text</p>
            <img src="/shown.png?size=2"><video src="/film.mp4" preload="auto" muted></video>
            <script src="/own.js"></script>
            <script src="http://localhost:PORT/tracker.js"></script>
            <script>window.addEventListener('load', () => document.body.insertAdjacentHTML('beforeend', '<i id=done>x</i>'))
            </script>
            """;

    private static final Set<String> asked = ConcurrentHashMap.newKeySet();
    private static HttpServer server;
    private static LanePool pool;

    @TempDir
    private static Path folder = Path.of(".");

    @BeforeAll
    static void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String page = PAGE.replace("PORT", String.valueOf(server.getAddress().getPort()));
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            asked.add(path);
            byte[] body = (path.equals("/") ? page : "").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", path.equals("/") ? "text/html" : "text/plain");
            exchange.getResponseHeaders().add("Cache-Control", "no-store");
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        pool = LanePool.start(BrowserConfig.defaults().withWorkDirectory(folder.resolve("b")), 1, BrowserEvents.NONE);
    }

    @AfterAll
    static void stop() {
        pool.close();
        server.stop(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[images]                            | /shown.png",
                "[fonts]                             | /face.woff2",
                "[media]                             | /film.mp4",
                "[third-party]                       | /tracker.js",
                "[images, fonts, media, third-party] | /shown.png /face.woff2 /film.mp4 /tracker.js",
            })
    void run_givenWhatAFlowDoesWithout_expectsAllButThatAskedFor(String block, String missing) throws IOException {
        Set<String> all = visited("");

        Set<String> without = visited("block: " + block + "\n");

        assertThat(all).contains("/", "/own.js", "/shown.png", "/face.woff2", "/film.mp4", "/tracker.js");
        all.removeAll(Set.of(missing.split(" ", -1)));
        assertThat(without).isEqualTo(all);
    }

    @Test
    void parse_givenWhatCannotBeBlocked_expectsWhatCan() {
        assertThatThrownBy(() -> flow("block: [scripts]\n"))
                .hasMessageContaining("'scripts' cannot be blocked: write images, fonts, media, third-party");
    }

    private static Set<String> visited(String block) throws IOException {
        Flow flow = flow(block);
        FlowRunner runner = FlowRunner.of(
                new SecretReferences(Map.of(), null), new DirectoryArtifactStore(folder.resolve("a"), 1 << 20));
        Outcome outcome = pool.run(Duration.ofSeconds(60), ContextSpec.DEFAULT, session -> {
                    asked.clear(); // here, where the page before is gone and cannot ask any more
                    return runner.run(flow, Jobs.of(flow.name(), Map.of(), JobProgress.inMemory()), session);
                })
                .block(Duration.ofSeconds(90));
        assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
        Set<String> paths = new TreeSet<>(asked);
        paths.remove("/favicon.ico");
        return paths;
    }

    private static Flow flow(String block) {
        return FlowFiles.parse(
                "blocked.yaml",
                """
                flow: blocked
                version: 1
                site: "http://127.0.0.1:%d"
                allowedHosts: [127.0.0.1]
                %ssteps:
                  - name: look
                    effect: read
                    do: [{navigate: /}, {waitFor: "#done"}, {waitForIdle: {quiet: 500ms}}]
                """
                        .formatted(server.getAddress().getPort(), block));
    }
}
