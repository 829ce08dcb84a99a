package dev.headstream.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flows that do real work in web applications that nobody here wrote. */
final class ThirdPartySitesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    static Path folder;
    static LanePool pool;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        folder = directory;
        pool = LanePool.start(
                BrowserConfig.defaults()
                        .withWorkDirectory(directory.resolve("b"))
                        .withAllowedHosts(List.of("127.0.0.1")),
                1,
                BrowserEvents.NONE);
    }

    @AfterAll
    static void stop() {
        pool.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"backbone", "angularjs", "knockoutjs", "react"})
    void run_givenTodoMvc_expectsItemsAddedCompletedFilteredAndCleared(String framework) throws Exception {
        try (StaticSite site = new StaticSite(NpmPackages.get("todomvc", "0.1.1")).start()) {

            JsonNode outputs = run("todomvc", site, Map.of("framework", framework));

            assertThat(outputs)
                    .isEqualTo(
                            JSON.readTree(
                                    """
                            {"all": ["Buy milk", "Read a book", "Call home"],
                             "open": ["Buy milk", "Call home"],
                             "done": ["Read a book"],
                             "left": 2, "kept": 2}
                            """));
        }
    }

    @Test
    void run_givenTheKitchenSink_expectsFormsFilledAndTablesRead() throws Exception {
        Path app = NpmPackages.get("cypress-example-kitchensink", "7.0.0").resolve("app");
        try (StaticSite site = new StaticSite(app).start()) {

            JsonNode outputs = run("kitchensink", site, Map.of("email", "ada@portal.example"));

            assertThat(outputs.get("email").asText()).isEqualTo("ada@portal.example");
            assertThat(outputs.get("submitted").asText()).isEqualTo("Your form has been submitted!");
            assertThat(outputs.get("fruit").asText()).isEqualTo("bananas");
            assertThat(outputs.get("ticked").asBoolean()).isTrue();
            assertThat(outputs.get("unticked").asBoolean()).isFalse();
            assertThat(outputs.get("popover").asText()).isEqualTo("This popover shows up on click");
            assertThat(outputs.get("names"))
                    .isEqualTo(
                            JSON.readTree(
                                    """
                            [{"First Name": "Jane", "Last Name": "Lane"}, {"First Name": "John", "Last Name": "Doe"}]
                            """));
            assertThat(outputs.get("contents").get(2))
                    .isEqualTo(
                            JSON.readTree(
                                    """
                            {"#": "3", "Column heading": "Column content", "Column heading 3": "Column content"}
                            """));
        }
    }

    @Test
    void run_givenSwaggerUi_expectsOperationsReadAndOneCalled() throws Exception {
        Path app = NpmPackages.get("swagger-ui-dist", "5.35.0");
        try (StaticSite site = new StaticSite(app)
                .with("/openapi.json", OPENAPI)
                .with("/pets", "[{\"name\":\"Rex\"}]")
                .start()) {

            JsonNode outputs = run("swagger-ui", site, Map.of("operation", "listPets"));

            assertThat(outputs.get("title").asText()).startsWith("Pets of the house");
            assertThat(outputs.get("operations"))
                    .isEqualTo(
                            JSON.readTree(
                                    """
                            [{"method": "GET", "path": "/pets", "summary": "All pets"},
                             {"method": "POST", "path": "/pets", "summary": "A new pet"},
                             {"method": "GET", "path": "/pets/{name}", "summary": "One pet"}]
                            """));
            assertThat(outputs.get("responses").findValuesAsText("code")).containsExactly("200", "503");
            assertThat(outputs.get("status").asInt()).isEqualTo(200);
            assertThat(JSON.readTree(outputs.get("body").asText())).isEqualTo(JSON.readTree("[{\"name\":\"Rex\"}]"));
        }
    }

    @Test
    void run_givenATourWithRepeatsAndConditions_expectsItemsOfAllRounds() throws Exception {
        try (StaticSite site = new StaticSite(NpmPackages.get("todomvc", "0.1.1")).start()) {

            JsonNode outputs = run("portal-tour", site, Map.of("items", "Water the plants"));

            assertThat(outputs.get("done")).isNotEmpty().allMatch(item -> item.asText()
                    .equals("Water the plants"));
            assertThat(outputs.get("left").asInt()).isZero();
        }
    }

    @Test
    void run_givenAnUploadAndADownloadInSwaggerUi_expectsTheFileSentAndTheAnswerKept() throws Exception {
        Path app = NpmPackages.get("swagger-ui-dist", "5.35.0");
        try (StaticSite site = new StaticSite(app)
                .with("/openapi.json", PHOTOS)
                .with("/photos", "{\"kept\":true}")
                .start()) {
            String photo = Base64.getEncoder().encodeToString(new byte[] {(byte) 0x89, 'P', 'N', 'G'});

            JsonNode outputs = run("swagger-files", site, Map.of("photo", photo));

            assertThat(outputs.get("status").asInt()).isEqualTo(200);
            assertThat(outputs.get("file").get("name").asText()).isEqualTo("answer.json");
            Path kept = Path.of(URI.create(outputs.get("file").get("uri").asText()));
            assertThat(JSON.readTree(kept.toFile())).isEqualTo(JSON.readTree("{\"kept\":true}"));
            assertThat(site.received("/photos"))
                    .contains("filename=\"rex.png\"")
                    .contains("PNG");
        }
    }

    @Test
    void run_givenTheMenuOfTheKitchenSinkAsPages_expectsTheHeadingOfEach() throws Exception {
        Path app = NpmPackages.get("cypress-example-kitchensink", "7.0.0").resolve("app");
        try (StaticSite site = new StaticSite(app).start()) {

            JsonNode outputs = run("kitchensink-list", site, Map.of());

            assertThat(outputs.get("names")).hasSize(2);
            assertThat(outputs.get("headings")).isEqualTo(JSON.readTree("[\"Querying\",\"Traversal\",\"Actions\"]"));
        }
    }

    private static final String PHOTOS =
            """
            {"openapi": "3.0.3", "info": {"title": "Photos of the house", "version": "1"}, "servers": [{"url": "/"}],
             "paths": {"/photos": {"post": {"tags": ["photos"], "operationId": "send",
               "requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object",
                 "properties": {"photo": {"type": "string", "format": "binary"}}}}}},
               "responses": {"200": {"description": "Kept"}}}}}}
            """;

    private static final String OPENAPI =
            """
            {"openapi": "3.0.3", "info": {"title": "Pets of the house", "version": "1"}, "servers": [{"url": "/"}],
             "paths": {
               "/pets": {
                 "get": {"tags": ["pets"], "operationId": "listPets", "summary": "All pets",
                         "responses": {"200": {"description": "The pets"}, "503": {"description": "Asleep"}}},
                 "post": {"tags": ["pets"], "operationId": "addPet", "summary": "A new pet",
                          "responses": {"201": {"description": "Added"}}}},
               "/pets/{name}": {
                 "get": {"tags": ["pets"], "operationId": "getPet", "summary": "One pet",
                         "parameters": [{"name": "name", "in": "path", "required": true, "schema": {"type": "string"}}],
                         "responses": {"200": {"description": "The pet"}}}}}}
            """;

    private static JsonNode run(String name, StaticSite site, Map<String, String> inputs) throws Exception {
        Flow flow = FlowFiles.read(Path.of("src", "test", "resources", "flows", name + ".yaml"));
        Map<String, String> all = new HashMap<>(inputs);
        all.put("site", site.url());
        assertThat(flow.problems(all)).isEmpty();
        FlowRunner runner = FlowRunner.of(
                new SecretReferences(Map.of(), null), new DirectoryArtifactStore(folder.resolve("art"), 10_000_000));

        Outcome outcome = pool.run(
                        DEADLINE,
                        ContextSpec.DEFAULT,
                        session -> runner.run(flow, Jobs.of(name, all, JobProgress.inMemory()), session))
                .block(DEADLINE.multipliedBy(2));

        assertThat(outcome)
                .as(outcome instanceof Outcome.Failed failed ? failed.error().getMessage() : name)
                .isInstanceOf(Outcome.Succeeded.class);
        return JSON.readTree(
                Objects.requireNonNull(((Outcome.Succeeded) Objects.requireNonNull(outcome)).outputJson()));
    }
}
