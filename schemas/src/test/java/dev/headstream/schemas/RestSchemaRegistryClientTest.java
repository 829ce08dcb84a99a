package dev.headstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.headstream.schemas.StubRegistry.Reply;
import dev.headstream.schemas.StubRegistry.Request;
import dev.headstream.v1.JobRequested;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestSchemaRegistryClientTest {
    private static final Schema JOB = AvroRecords.portableSchemaOf(JobRequested.class);

    private StubRegistry stub;
    private SchemaRegistryClient client;

    @BeforeEach
    void start() throws Exception {
        stub = new StubRegistry((request, count) -> Reply.json(200, "{\"id\":" + count + "}"));
        client = SchemaRegistryClient.create(SchemaRegistryConfig.ofUrl(stub.url()));
    }

    @AfterEach
    void stop() {
        client.close();
        stub.close();
    }

    @Test
    void register_givenSameTextTwice_expectsOneRequestWithTheSchemaAsText() {
        int first = client.register("a topic/x-value", JOB);
        int second = client.register("a topic/x-value", AvroRecords.portableSchemaOf(JobRequested.class));

        assertThat(List.of(first, second)).containsExactly(1, 1);
        assertThat(stub.requests()).hasSize(1);
        Request request = stub.requests().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/subjects/a%20topic%2Fx-value/versions");
        assertThat(request.body()).startsWith("{\"schema\":\"{\\\"type\\\":\\\"record\\\"");
    }

    @Test
    void register_givenSchemasThatDifferInADefaultOnly_expectsTwoIds() {
        Schema changed = new Schema.Parser().parse(JOB.toString().replace("\"default\":3", "\"default\":4"));

        assertThat(client.register("s", JOB)).isNotEqualTo(client.register("s", changed));
    }

    @Test
    void register_givenSchemasThatDifferInADocOnly_expectsTwoIds() {
        Schema changed = new Schema.Parser().parse(JOB.toString().replace("Name of the flow", "Title of the flow"));

        assertThat(client.register("s", JOB)).isNotEqualTo(client.register("s", changed));
    }

    @Test
    void register_givenIncompatibleSchema_expectsRefusalAndNothingCached() {
        stub.behave((request, count) -> count == 1 ? Reply.error(409, 409) : Reply.json(200, "{\"id\":9}"));

        assertThatThrownBy(() -> client.register("s", JOB))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("/subjects/s/versions")
                .hasMessageContaining("409")
                .hasMessageContaining("as told")
                .asInstanceOf(type(SchemaRegistryException.class))
                .returns(409, SchemaRegistryException::errorCode);

        assertThat(client.register("s", JOB)).isEqualTo(9);
    }

    @Test
    void schemaById_givenKnownId_expectsOneRequest() {
        stub.behave((request, count) -> Reply.json(200, "{\"schema\":\"\\\"string\\\"\"}"));

        assertThat(client.schemaById(5)).isEqualTo(Schema.create(Schema.Type.STRING));
        assertThat(client.schemaById(5)).isEqualTo(Schema.create(Schema.Type.STRING));

        assertThat(stub.requests()).extracting(Request::path).containsExactly("/schemas/ids/5");
    }

    @Test
    void schemaById_givenManyCallersAtOnce_expectsOneRequest() throws Exception {
        int callers = 8;
        CountDownLatch allCalling = new CountDownLatch(callers);
        stub.behave((request, count) -> {
            awaitQuietly(allCalling);
            return Reply.json(200, "{\"schema\":\"\\\"long\\\"\"}");
        });
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            List<Future<Schema>> answers = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                answers.add(threads.submit(() -> {
                    allCalling.countDown();
                    return client.schemaById(5);
                }));
            }
            for (Future<Schema> answer : answers) {
                assertThat(answer.get(10, TimeUnit.SECONDS).getType()).isEqualTo(Schema.Type.LONG);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(stub.requests()).hasSize(1);
    }

    @Test
    void schemaById_givenUnknownId_expectsCodeAndNothingCached() {
        stub.behave((request, count) -> Reply.error(404, 40403));

        assertRefused(40403, () -> client.schemaById(5));
        assertRefused(40403, () -> client.schemaById(5));
        assertThat(stub.requests()).hasSize(2);
    }

    @Test
    void schemaById_givenPageOfAnotherServer_expectsHintAtTheUrl() {
        stub.behave((request, count) -> Reply.json(404, "<html>not here</html>"));

        assertRefused(404, () -> client.schemaById(5)).hasMessageContaining("schema.registry.url");
    }

    @Test
    void schemaById_givenCodeZeroOfAnUnknownPath_expectsTheStatusInstead() {
        stub.behave((request, count) -> Reply.error(404, 0));

        assertRefused(404, () -> client.schemaById(5)).hasMessageContaining("schema.registry.url");
    }

    @Test
    void schemaById_givenSchemaOfAnotherKind_expectsInvalidSchema() {
        stub.behave((request, count) -> Reply.json(200, "{\"schemaType\":\"PROTOBUF\",\"schema\":\"syntax\"}"));

        assertRefused(42201, () -> client.schemaById(5)).hasMessageContaining("PROTOBUF");
    }

    @Test
    void schemaById_givenReferences_expectsThemResolved() {
        String outer = "{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"Outer\\\",\\\"fields\\\":["
                + "{\\\"name\\\":\\\"inner\\\",\\\"type\\\":\\\"ns.Inner\\\"}]}";
        String inner = "{\\\"type\\\":\\\"fixed\\\",\\\"name\\\":\\\"ns.Inner\\\",\\\"size\\\":2}";
        stub.behave((request, count) -> request.path().startsWith("/schemas")
                ? Reply.json(
                        200,
                        "{\"schema\":\"" + outer
                                + "\",\"references\":[{\"name\":\"ns.Inner\",\"subject\":\"inner\",\"version\":3}]}")
                : Reply.json(200, "{\"schema\":\"" + inner + "\"}"));

        Schema schema = client.schemaById(5);

        assertThat(schema.getField("inner").schema().getFixedSize()).isEqualTo(2);
        assertThat(stub.requests().get(1).path()).isEqualTo("/subjects/inner/versions/3");
    }

    @Test
    void call_givenCredentials_expectsThemSentAndRefusalToNameTheSetting() {
        SchemaRegistryClient authenticated = SchemaRegistryClient.create(SchemaRegistryConfig.of(Map.of(
                "schema.registry.url",
                stub.url(),
                "basic.auth.credentials.source",
                "USER_INFO",
                "basic.auth.user.info",
                "me:pä:ss")));

        authenticated.setCompatibility("s", "FULL_TRANSITIVE");

        // base64 of me:pä:ss in UTF-8
        assertThat(stub.requests().get(0))
                .isEqualTo(new Request(
                        "PUT", "/config/s", "{\"compatibility\":\"FULL_TRANSITIVE\"}", "Basic bWU6cMOkOnNz"));
        stub.behave((request, count) -> Reply.json(401, ""));
        assertRefused(401, () -> authenticated.setCompatibility("s", "NONE"))
                .hasMessageContaining("basic.auth.credentials.source")
                .hasMessageNotContaining("pä:ss");
    }

    @Test
    void call_givenRedirect_expectsItNotFollowed() throws Exception {
        try (StubRegistry elsewhere = new StubRegistry((request, count) -> Reply.json(200, "{\"id\":1}"))) {
            stub.behave((request, count) -> new Reply(307, "", elsewhere.url() + request.path()));

            assertRefused(307, () -> client.register("s", JOB)).hasMessageContaining(elsewhere.url());

            assertThat(elsewhere.requests()).isEmpty();
        }
    }

    @Test
    void register_givenRegistryDown_expectsUnavailable() {
        SchemaRegistryClient impatient = SchemaRegistryClient.create(SchemaRegistryConfig.of(
                Map.of("schema.registry.url", "http://127.0.0.1:1", "schema.registry.request.timeout.ms", 3000)));

        assertThatThrownBy(() -> impatient.register("s", JOB))
                .isInstanceOf(SchemaRegistryUnavailableException.class)
                .hasMessageContaining("POST /subjects/s/versions")
                .hasMessageContaining("http://127.0.0.1:1: cannot connect");
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
            int code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(SchemaRegistryException.class, e -> assertThat(e.errorCode())
                        .isEqualTo(code));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
