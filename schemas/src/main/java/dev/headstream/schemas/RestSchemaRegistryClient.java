package dev.headstream.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.schemas.http.Answer;
import dev.headstream.schemas.http.FailoverHttp;
import dev.headstream.schemas.http.NoAnswerException;
import dev.headstream.schemas.http.Tls;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.jspecify.annotations.Nullable;

/**
 * Speaks Confluent's REST API (v1) to any registry that serves it: Confluent, Apicurio ({@code /apis/ccompat/v7}),
 * Karapace, Redpanda. Ids and schemas are cached for good, since a registry never reassigns them; callers that want the
 * same one at the same time share a request. Failover, retries and TLS: {@link FailoverHttp}.
 */
final class RestSchemaRegistryClient implements SchemaRegistryClient {
    /** Confluent's code for a schema that cannot be used; also ours for one that is not Avro. */
    static final int INVALID_SCHEMA = 42201;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final FailoverHttp http;
    private final SingleFlight<SubjectText, Integer> registered = new SingleFlight<>();
    private final SingleFlight<SubjectText, Integer> lookedUp = new SingleFlight<>();
    private final SingleFlight<Integer, Schema> byId = new SingleFlight<>();

    RestSchemaRegistryClient(SchemaRegistryConfig config) {
        this(new FailoverHttp(
                config.urls(),
                config.credentials(),
                config.tls().isEmpty() ? null : Tls.context(config.tls()),
                config.requestTimeout()));
    }

    RestSchemaRegistryClient(FailoverHttp http) {
        this.http = http;
    }

    @Override
    public int register(String subject, Schema schema) {
        SubjectText key = new SubjectText(subject, schema.toString());
        return registered.get(
                key, () -> number(call("POST", "/subjects/" + encoded(subject) + "/versions", key.body()), "id"));
    }

    @Override
    public int idOf(String subject, Schema schema) {
        SubjectText key = new SubjectText(subject, schema.toString());
        return lookedUp.get(key, () -> number(call("POST", "/subjects/" + encoded(subject), key.body()), "id"));
    }

    @Override
    public Schema schemaById(int id) {
        return byId.get(id, () -> avro(call("GET", "/schemas/ids/" + id, null), "schema id " + id));
    }

    @Override
    public RegisteredSchema latest(String subject) {
        JsonNode version = call("GET", "/subjects/" + encoded(subject) + "/versions/latest", null);
        return new RegisteredSchema(
                number(version, "id"), number(version, "version"), avro(version, "latest version of " + subject));
    }

    @Override
    public void setCompatibility(String subject, String level) {
        call(
                "PUT",
                "/config/" + encoded(subject),
                JSON.createObjectNode().put("compatibility", level).toString());
    }

    /** Nothing to free: idle connections end by themselves. */
    @Override
    public void close() {}

    private JsonNode call(String method, String path, @Nullable String body) {
        Answer answer;
        try {
            answer = http.send(method, path, body);
        } catch (NoAnswerException e) {
            throw new SchemaRegistryUnavailableException(
                    "schema registry: " + method + " " + path + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SchemaRegistryUnavailableException("schema registry: interrupted in " + method + " " + path, e);
        }
        JsonNode json = parsed(answer.body());
        if (answer.succeeded() && json.isObject()) {
            return json;
        }
        throw refusal(method + " " + answer.endpoint() + path, answer, json);
    }

    private static SchemaRegistryException refusal(String request, Answer answer, JsonNode json) {
        // Apicurio answers an unknown path with the error code 0
        int given = json.path("error_code").asInt();
        int code = given > 0 ? given : answer.status();
        String says = "schema registry: " + request + " answered " + answer.status();
        if (answer.redirects()) {
            return new SchemaRegistryException(
                    code,
                    says + " to " + answer.location() + "; redirects are not followed, configure that URL instead");
        }
        if (answer.status() == 401 || answer.status() == 403) {
            return new SchemaRegistryException(
                    code, says + ": check " + SchemaRegistryConfig.CREDENTIALS_SOURCE + " and the credentials");
        }
        if (given <= 0) {
            return new SchemaRegistryException(
                    code, says + " without Confluent's JSON; check the path in " + SchemaRegistryConfig.URL);
        }
        return new SchemaRegistryException(
                code, says + " (" + code + "): " + json.path("message").asText());
    }

    /** An Avro schema out of an answer, with the schemas that it refers to parsed before it. */
    private Schema avro(JsonNode answer, String what) {
        String kind = answer.path("schemaType").asText("AVRO");
        if (!kind.equals("AVRO")) {
            throw new SchemaRegistryException(INVALID_SCHEMA, what + " is a " + kind + " schema, not Avro");
        }
        // what others registered is read as it is, even where this Avro version is stricter
        Schema.Parser parser = new Schema.Parser(NameValidator.NO_VALIDATION).setValidateDefaults(false);
        try {
            parseReferences(parser, answer.path("references"));
            return parser.parse(answer.path("schema").asText());
        } catch (SchemaParseException e) {
            throw new SchemaRegistryException(INVALID_SCHEMA, what + " cannot be parsed: " + e.getMessage());
        }
    }

    private void parseReferences(Schema.Parser parser, JsonNode references) {
        for (JsonNode reference : references) {
            if (parser.getTypes().containsKey(reference.path("name").asText())) {
                continue;
            }
            String subject = reference.path("subject").asText();
            JsonNode target = call(
                    "GET",
                    "/subjects/" + encoded(subject) + "/versions/"
                            + reference.path("version").asInt(),
                    null);
            parseReferences(parser, target.path("references"));
            parser.parse(target.path("schema").asText());
        }
    }

    private static int number(JsonNode answer, String field) {
        JsonNode value = answer.path(field);
        if (!value.isInt()) {
            throw new SchemaRegistryException(200, "schema registry: an answer lacks the number " + field);
        }
        return value.asInt();
    }

    private static JsonNode parsed(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            // a page of a proxy, for instance; told apart by the caller
            return JSON.missingNode();
        }
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Keyed by the full text: schemas that differ in a default or a doc only are different to a registry. */
    private record SubjectText(String subject, String schemaText) {
        String body() {
            return JSON.valueToTree(Map.of("schema", schemaText)).toString();
        }
    }
}
