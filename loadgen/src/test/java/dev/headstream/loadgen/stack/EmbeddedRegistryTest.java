package dev.headstream.loadgen.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plain HTTP, as a foreign client speaks it. */
final class EmbeddedRegistryTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final String ONE = record("{\"name\":\"a\",\"type\":\"string\"}");
    private static final String OPTIONAL_ADDED = record(
            "{\"name\":\"a\",\"type\":\"string\"},{\"name\":\"b\",\"type\":[\"null\",\"string\"],\"default\":null}");
    private static final String REQUIRED_ADDED =
            record("{\"name\":\"a\",\"type\":\"string\"},{\"name\":\"b\",\"type\":\"string\"}");
    private static final String REQUIRED_DROPPED = record("{\"name\":\"c\",\"type\":\"int\",\"default\":0}");

    private Path directory;
    private EmbeddedRegistry registry;

    @BeforeEach
    void start(@TempDir Path fresh) {
        directory = fresh;
        registry = EmbeddedRegistry.start(EmbeddedRegistry.Options.defaults().withDataDirectory(directory));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void register_givenTheSameSchemaTwiceAndElsewhere_expectsOneId() {
        int id = register("jobs-value", ONE);

        assertThat(register("jobs-value", ONE)).isEqualTo(id);
        assertThat(register("other-value", ONE)).isEqualTo(id);
        assertThat(get("/subjects/jobs-value/versions").body().toString()).isEqualTo("[1]");
        assertThat(get("/subjects").body().toString()).isEqualTo("[\"jobs-value\",\"other-value\"]");
        assertThat(get("/schemas/ids/" + id + "/subjects").body().toString())
                .isEqualTo("[\"jobs-value\",\"other-value\"]");
        assertThat(get("/schemas/ids/" + id + "/versions").body()).hasSize(2);
        assertThat(get("/schemas/ids/" + id).body().path("schema").asText()).isEqualTo(ONE);
    }

    @Test
    void version_givenTwoVersions_expectsEachByNumberAndTheNewestAsLatest() {
        register("s", ONE);
        int second = register("s", OPTIONAL_ADDED);

        JsonNode latest = get("/subjects/s/versions/latest").body();
        assertThat(latest.path("version").asInt()).isEqualTo(2);
        assertThat(latest.path("id").asInt()).isEqualTo(second);
        assertThat(latest.path("subject").asText()).isEqualTo("s");
        assertThat(get("/subjects/s/versions/1").body().path("schema").asText()).isEqualTo(ONE);
        assertThat(get("/subjects/s/versions/1/schema").body().path("type").asText())
                .isEqualTo("record");
    }

    @Test
    void lookup_givenKnownAndUnknown_expectsTheVersionOrTheRightCode() {
        int id = register("s", ONE);

        Answer found = send("POST", "/subjects/s", schema(ONE));
        assertThat(found.body().path("id").asInt()).isEqualTo(id);
        assertThat(found.body().path("version").asInt()).isEqualTo(1);
        assertError(send("POST", "/subjects/s", schema(OPTIONAL_ADDED)), 404, 40403);
        assertError(send("POST", "/subjects/none", schema(ONE)), 404, 40401);
    }

    @Test
    void get_givenNothingThere_expectsTheRightCodes() {
        register("s", ONE);

        assertError(get("/subjects/none/versions"), 404, 40401);
        assertError(get("/subjects/none/versions/latest"), 404, 40401);
        assertError(get("/subjects/s/versions/9"), 404, 40402);
        assertError(get("/subjects/s/versions/zero"), 422, 42202);
        assertError(get("/schemas/ids/99"), 404, 40403);
        assertError(get("/no/such/path"), 404, 404);
        assertError(send("PUT", "/subjects", "{}"), 405, 405);
    }

    @Test
    void register_givenMalformedRequests_expectsInvalidSchema() {
        assertError(send("POST", "/subjects/s/versions", schema("{\"type\":\"nonsense\"}")), 422, 42201);
        assertError(send("POST", "/subjects/s/versions", "no json"), 422, 42201);
        assertError(send("POST", "/subjects/s/versions", ""), 422, 42201);
        assertError(send("POST", "/subjects/s/versions", "{}"), 422, 42201);
        assertError(
                send("POST", "/subjects/s/versions", "{\"schema\":\"{}\",\"schemaType\":\"PROTOBUF\"}"), 422, 42201);
    }

    @Test
    void register_givenAnEncodedSubject_expectsItUnderItsName() {
        register("a%2Fb%20c+d", ONE);

        assertThat(get("/subjects").body().get(0).asText()).isEqualTo("a/b c+d");
        assertThat(get("/subjects/a%2Fb%20c+d/versions").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        // level, optional field added, required field added, required field dropped for a default one
        "NONE, true, true, true",
        "BACKWARD, true, false, true",
        "BACKWARD_TRANSITIVE, true, false, true",
        "FORWARD, true, true, false",
        "FORWARD_TRANSITIVE, true, true, false",
        "FULL, true, false, false",
        "FULL_TRANSITIVE, true, false, false"
    })
    void register_givenALevel_expectsItEnforced(String level, boolean optional, boolean required, boolean dropped) {
        register("s", ONE);
        assertThat(send("PUT", "/config/s", "{\"compatibility\":\"" + level + "\"}")
                        .body()
                        .path("compatibility")
                        .asText())
                .isEqualTo(level);

        assertThat(compatible("s", OPTIONAL_ADDED)).isEqualTo(optional);
        assertThat(compatible("s", REQUIRED_ADDED)).isEqualTo(required);
        assertThat(compatible("s", REQUIRED_DROPPED)).isEqualTo(dropped);
        Answer answer = send("POST", "/subjects/s/versions", schema(REQUIRED_ADDED));
        if (required) {
            assertThat(answer.status()).isEqualTo(200);
        } else {
            assertError(answer, 409, 409);
            assertThat(get("/subjects/s/versions").body()).hasSize(1);
        }
    }

    @Test
    void register_givenAnIncompatibilityWithAnOlderVersionOnly_expectsTransitiveLevelsToRefuse() {
        String withDefault =
                record("{\"name\":\"a\",\"type\":\"string\"},{\"name\":\"b\",\"type\":\"string\",\"default\":\"\"}");
        send("PUT", "/config", "{\"compatibility\":\"BACKWARD\"}");
        register("s", ONE);
        register("s", withDefault);

        assertThat(send("POST", "/compatibility/subjects/s/versions", schema(REQUIRED_ADDED))
                        .body()
                        .path("is_compatible")
                        .asBoolean())
                .isTrue();
        send("PUT", "/config/s", "{\"compatibility\":\"BACKWARD_TRANSITIVE\"}");
        assertError(send("POST", "/subjects/s/versions", schema(REQUIRED_ADDED)), 409, 409);
        JsonNode verdict = send("POST", "/compatibility/subjects/s/versions?verbose=true", schema(REQUIRED_ADDED))
                .body();
        assertThat(verdict.path("is_compatible").asBoolean()).isFalse();
        assertThat(verdict.path("messages").get(0).asText()).contains("READER_FIELD_MISSING_DEFAULT_VALUE");
    }

    @Test
    void config_givenGlobalAndOwnLevels_expectsEach() {
        assertThat(get("/config").body().path("compatibilityLevel").asText()).isEqualTo("BACKWARD");
        send("PUT", "/config", "{\"compatibility\":\"FULL\"}");

        assertThat(get("/config").body().path("compatibilityLevel").asText()).isEqualTo("FULL");
        assertError(get("/config/s"), 404, 40408);
        assertThat(get("/config/s?defaultToGlobal=true")
                        .body()
                        .path("compatibilityLevel")
                        .asText())
                .isEqualTo("FULL");
        assertError(send("PUT", "/config/s", "{\"compatibility\":\"SOME\"}"), 422, 42203);
    }

    @Test
    void delete_givenAVersionThenTheSubject_expectsThemHiddenAndTheIdStillServed() {
        int id = register("s", ONE);
        register("s", OPTIONAL_ADDED);

        assertThat(send("DELETE", "/subjects/s/versions/2", "").body().asInt()).isEqualTo(2);
        assertThat(get("/subjects/s/versions").body().toString()).isEqualTo("[1]");
        assertThat(send("DELETE", "/subjects/s", "").body().toString()).isEqualTo("[1]");
        assertError(get("/subjects/s/versions"), 404, 40401);
        assertError(send("DELETE", "/subjects/s", ""), 404, 40404);
        assertThat(get("/subjects").body()).isEmpty();
        assertThat(get("/subjects?deleted=true").body()).hasSize(1);
        assertThat(get("/schemas/ids/" + id).status()).isEqualTo(200);
        assertThat(register("s", ONE)).isEqualTo(id);
        assertThat(get("/subjects/s/versions").body().toString()).isEqualTo("[3]");
    }

    @Test
    void restart_givenTheSameDirectory_expectsIdsLevelsAndPortKept() {
        int id = register("s", ONE);
        send("PUT", "/config/s", "{\"compatibility\":\"FULL_TRANSITIVE\"}");
        String url = registry.url();
        registry.close();

        start(directory);

        assertThat(registry.url()).isEqualTo(url);
        assertThat(get("/schemas/ids/" + id).body().path("schema").asText()).isEqualTo(ONE);
        assertThat(register("s", ONE)).isEqualTo(id);
        assertThat(get("/config/s").body().path("compatibilityLevel").asText()).isEqualTo("FULL_TRANSITIVE");
        assertThat(register("s", OPTIONAL_ADDED)).isEqualTo(id + 1);
    }

    @Test
    void answers_givenAnyRequest_expectTheRegistryMediaType() {
        assertThat(get("/").contentType()).isEqualTo("application/vnd.schemaregistry.v1+json");
        assertThat(get("/schemas/types").body().toString()).isEqualTo("[\"AVRO\"]");
        assertThat(get("/subjects/none/versions").contentType()).isEqualTo("application/vnd.schemaregistry.v1+json");
    }

    @Test
    void start_givenATakenFixedPort_expectsAnErrorThatNamesIt(@TempDir Path elsewhere) throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedRegistry.start(EmbeddedRegistry.Options.defaults()
                            .withDataDirectory(elsewhere)
                            .withPort(other.getLocalPort())))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("port " + other.getLocalPort());
        }
    }

    @Test
    void start_givenADirectoryInUse_expectsAnErrorThatNamesIt() {
        assertThatThrownBy(() -> EmbeddedRegistry.start(
                        EmbeddedRegistry.Options.defaults().withDataDirectory(directory)))
                .isInstanceOf(StackException.class)
                .hasMessageContaining(directory.toString());
    }

    private static String record(String fields) {
        return "{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"n\",\"fields\":[" + fields + "]}";
    }

    private static String schema(String text) {
        try {
            return JSON.writeValueAsString(Map.of("schema", text));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private int register(String subject, String text) {
        Answer answer = send("POST", "/subjects/" + subject + "/versions", schema(text));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body().path("id").asInt();
    }

    private boolean compatible(String subject, String text) {
        return send("POST", "/compatibility/subjects/" + subject + "/versions/latest", schema(text))
                .body()
                .path("is_compatible")
                .asBoolean();
    }

    private static void assertError(Answer answer, int status, int code) {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
        assertThat(answer.body().path("error_code").asInt()).isEqualTo(code);
        assertThat(answer.body().path("message").asText()).isNotBlank();
    }

    private Answer get(String path) {
        return send("GET", path, "");
    }

    private Answer send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(registry.url() + path))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .method(method, BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    JSON.readTree(response.body()));
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private record Answer(int status, String contentType, JsonNode body) {}
}
