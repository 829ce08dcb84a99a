package dev.headstream.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.Artifact;
import dev.headstream.worker.artifact.DirectoryArtifactStore;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.browser.BrowserConfig.Transport;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.secret.SecretReferences;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What flows do with pages, however the lane that they run on is connected to the browser. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class FlowContract {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> SECRETS = Map.of("HEADSTREAM_SECRET_PORTAL", "hush-hush");
    private static final String BASIC_AUTH = "  basicAuth: {username: robot, password: \"${secret:portal}\"}\n";
    private static final String NOTHING = "outputs: {}\n";

    private final Transport transport;
    private Path folder;
    private LanguagePages pages;
    private LanePool pool;

    FlowContract(Transport transport) {
        this.transport = transport;
    }

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        folder = directory;
        pages = new LanguagePages();
        pool = LanePool.start(
                BrowserConfig.defaults().withWorkDirectory(folder.resolve("b")).withTransport(transport),
                1,
                BrowserEvents.NONE);
    }

    @AfterAll
    void stop() {
        pool.close();
        pages.close();
    }

    @Test
    void run_givenFrameAndPopupAndDialogAndFiles_expectsAllOfThem() throws Exception {
        Outcome outcome = run(
                "outputs: {framed: string, popped: string, answer: string, up: string, file: json}\n",
                "",
                """
                      - navigate: /frames
                      - frame:
                          name: pay
                          do: [{fill: {selector: "#iban", value: DE12}}, {click: "#b"}, {extract: {framed: "#out"}}]
                      - navigate: /opener
                      - click: "#open"
                      - popup: {url: /help, do: [{extract: {popped: h1}}, {click: "#done"}]}
                      - navigate: /dialogs
                      - {click: "#ask", dialog: accept}
                      - extract: {answer: "#out"}
                      - navigate: /upload
                      - upload: {selector: "#pick", name: a.txt, text: "chosen"}
                      - waitForText: {selector: "#out", text: a.txt}
                      - extract: {up: "#out"}
                      - navigate: /files
                      - download: {click: "#csv", into: file}
                """);

        JsonNode outputs = outputs(outcome);
        assertThat(outputs.get("framed").asText()).isEqualTo("DE12");
        assertThat(outputs.get("popped").asText()).isEqualTo("Help");
        assertThat(outputs.get("answer").asText()).isEqualTo("true");
        assertThat(outputs.get("up").asText()).isEqualTo("a.txt:text/plain:chosen");
        assertThat(Files.readString(
                        Path.of(URI.create(outputs.get("file").get("uri").asText()))))
                .isEqualTo("a,b\n1,2\n");
    }

    @Test
    void run_givenAContext_expectsThePageToSeeItAndTheSiteToGetItsLogin() throws Exception {
        Outcome outcome = run(
                "outputs: {seen: string, inside: string}\n",
                """
                context:
                  locale: de-CH
                  timezone: Pacific/Auckland
                  userAgent: Robot/1
                  viewport: {width: 390, height: 844}
                  geolocation: {latitude: 47.5, longitude: 8.25}
                  permissions: [geolocation]
                """
                        + BASIC_AUTH,
                """
                      - navigate: /where
                      - waitForText: {selector: "#out", text: "|"}
                      - extract: {seen: "#out"}
                      - navigate: /private
                      - extract: {inside: h1}
                """);

        JsonNode outputs = outputs(outcome);
        assertThat(outputs.get("seen").asText()).isEqualTo("de-CH|Pacific/Auckland|Robot/1|390x844|47.5|8.25");
        assertThat(outputs.get("inside").asText()).isEqualTo("inside");
    }

    @Test
    void run_givenALoginOfTheSite_expectsNoOtherOriginToGetIt() {
        String elsewhere = pages.url().replace("127.0.0.1", "localhost") + "/private";

        Outcome outcome = run(NOTHING, "context:\n" + BASIC_AUTH, "      - navigate: " + elsewhere + "\n");

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(
                        failed.error().getMessage())
                .contains("401"));
    }

    @Test
    void run_givenALoginWithoutItsSecret_expectsTheSecretNamed() {
        Outcome outcome =
                run(NOTHING, "context:\n" + BASIC_AUTH.replace("portal", "absent"), "      - navigate: /private\n");

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(
                        failed.error().getKind())
                .isEqualTo("SECRET_MISSING"));
    }

    @Test
    void run_givenAFailureOnANoisyPage_expectsWhatItSaidWithoutSecretsBesideThePicture() throws Exception {
        Outcome outcome = run(
                NOTHING,
                "context:\n  console: true\n" + BASIC_AUTH,
                """
                      - navigate: /noisy
                      - {click: "#absent", timeout: 500ms}
                """);

        List<Artifact> artifacts = outcome.trace().artifacts();
        assertThat(artifacts).extracting(Artifact::getName).containsExactly("failure-s.png", "failure-s.log");
        assertThat(content(artifacts.get(1)))
                .contains("console error: bad token ***")
                .contains("broken")
                .doesNotContain("chatter", "hush-hush");
    }

    @Test
    void run_givenAFlowThatDoesNotAskForConsoles_expectsThePictureAlone() {
        Outcome outcome = run(
                NOTHING,
                "",
                """
                      - navigate: /flood
                      - {click: "#absent", timeout: 300ms}
                """);

        assertThat(outcome.trace().artifacts()).extracting(Artifact::getName).containsExactly("failure-s.png");
    }

    @Test
    void run_givenAPageThatFloodsItsConsole_expectsTheListeningToEndAndTheFlowToGoOn() throws Exception {
        Outcome outcome = run(
                NOTHING,
                "context: {console: true}\n",
                """
                      - navigate: /flood
                      - waitFor: p
                      - navigate: /
                      - {click: "#absent", timeout: 300ms}
                """);

        assertThat(content(outcome.trace().artifacts().get(1)).lines().toList())
                .hasSizeLessThanOrEqualTo(100)
                .last()
                .asString()
                .startsWith("(the console is no longer listened to");
    }

    private static String content(Artifact artifact) throws Exception {
        return Files.readString(Path.of(URI.create(artifact.getUri())));
    }

    private Outcome run(String outputs, String context, String actions) {
        String text = "flow: f\nversion: 1\nsite: \"" + pages.url() + "\"\nallowedHosts: [127.0.0.1, localhost]\n"
                + outputs + context + "steps:\n  - name: s\n    effect: read\n    timeout: 20s\n    do:\n" + actions;
        Flow flow = FlowFiles.parse("f.yaml", text);
        FlowRunner runner = FlowRunner.builder(
                        new SecretReferences(SECRETS, null),
                        new DirectoryArtifactStore(folder.resolve("art"), 1_000_000))
                .screenshotOnFailure(true)
                .build();
        Job job = Jobs.of("f", Map.of(), JobProgress.inMemory());
        return Objects.requireNonNull(pool.run(
                        Duration.ofSeconds(40),
                        runner.context(flow, job.request()),
                        session -> runner.run(flow, job, session))
                .block(Duration.ofSeconds(60)));
    }

    private static JsonNode outputs(Outcome outcome) throws Exception {
        assertThat(outcome)
                .as(outcome instanceof Outcome.Failed failed ? failed.error().getMessage() : "")
                .isInstanceOf(Outcome.Succeeded.class);
        return JSON.readTree(((Outcome.Succeeded) outcome).outputJson());
    }
}
