package dev.headstream.loadgen.stack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.loadgen.stack.Subjects.Registered;
import dev.headstream.schemas.CompatibilityLevel;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** The paths of the Confluent REST API (v1) and what each asks of the {@link Subjects}. Thread-safe. */
final class RegistryRoutes {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ANY = "*";

    private final Subjects subjects;
    private final List<Route> routes = new ArrayList<>();

    RegistryRoutes(Subjects subjects) {
        this.subjects = subjects;
        addSubjects();
        addSchemas();
        addConfig();
        addCompatibility();
    }

    private void addSubjects() {
        add("GET", "/", request -> Map.of());
        add("GET", "/subjects", request -> subjects.subjects(request.text("subjectPrefix"), request.flag("deleted")));
        add("POST", "/subjects/*", request -> lookup(request));
        add("DELETE", "/subjects/*", request -> subjects.deleteSubject(request.part(0), request.flag("permanent")));
        add("GET", "/subjects/*/versions", request -> subjects.versions(request.part(0), request.flag("deleted")));
        add(
                "POST",
                "/subjects/*/versions",
                request -> Map.of("id", subjects.register(request.part(0), request.schema())));
        add("GET", "/subjects/*/versions/*", request -> full(version(request)));
        add(
                "GET",
                "/subjects/*/versions/*/schema",
                request -> raw(version(request).schema()));
        add(
                "DELETE",
                "/subjects/*/versions/*",
                request -> subjects.deleteVersion(request.part(0), request.part(1), request.flag("permanent")));
    }

    private void addSchemas() {
        add("GET", "/schemas/types", request -> List.of("AVRO"));
        add("GET", "/schemas/ids/*", request -> Map.of("schema", subjects.schema(request.id())));
        add("GET", "/schemas/ids/*/schema", request -> raw(subjects.schema(request.id())));
        add("GET", "/schemas/ids/*/subjects", request -> subjects.uses(request.id()).stream()
                .map(Registered::subject)
                .distinct()
                .toList());
        add("GET", "/schemas/ids/*/versions", request -> subjects.uses(request.id()).stream()
                .map(use -> Map.of("subject", use.subject(), "version", use.version()))
                .toList());
    }

    private void addConfig() {
        add("GET", "/config", request -> level(subjects.compatibility()));
        add("PUT", "/config", request -> {
            subjects.setCompatibility(request.compatibility());
            return Map.of("compatibility", request.compatibility());
        });
        add(
                "GET",
                "/config/*",
                request -> level(subjects.compatibility(request.part(0), request.flag("defaultToGlobal"))));
        add("PUT", "/config/*", request -> {
            subjects.setCompatibility(request.part(0), request.compatibility());
            return Map.of("compatibility", request.compatibility());
        });
        add("DELETE", "/config/*", request -> {
            CompatibilityLevel before = subjects.compatibility(request.part(0), false);
            subjects.setCompatibility(request.part(0), null);
            return level(before);
        });
        add("GET", "/mode", request -> Map.of("mode", "READWRITE"));
        add("GET", "/mode/*", request -> Map.of("mode", "READWRITE"));
    }

    private void addCompatibility() {
        add(
                "POST",
                "/compatibility/subjects/*/versions",
                request -> verdict(request, subjects.violations(request.part(0), null, request.schema())));
        add(
                "POST",
                "/compatibility/subjects/*/versions/*",
                request -> verdict(request, subjects.violations(request.part(0), request.part(1), request.schema())));
    }

    private void add(String method, String path, Action action) {
        routes.add(new Route(method, segments(path), action));
    }

    private Map<String, Object> lookup(Request request) {
        return full(subjects.lookup(request.part(0), request.schema(), request.flag("deleted")));
    }

    private Registered version(Request request) {
        return subjects.version(request.part(0), request.part(1), request.flag("deleted"));
    }

    private static Map<String, Object> full(Registered registered) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("subject", registered.subject());
        answer.put("version", registered.version());
        answer.put("id", registered.id());
        answer.put("schema", registered.schema());
        return answer;
    }

    private static Object raw(String schema) {
        try {
            return JSON.readTree(schema);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a stored schema is no JSON", impossible);
        }
    }

    private static Map<String, Object> level(CompatibilityLevel level) {
        return Map.of("compatibilityLevel", level);
    }

    private static Map<String, Object> verdict(Request request, List<String> violations) {
        return request.flag("verbose")
                ? Map.of("is_compatible", violations.isEmpty(), "messages", violations)
                : Map.of("is_compatible", violations.isEmpty());
    }

    /**
     * Answers a request with an object that serialises to the JSON of the answer.
     *
     * @throws RegistryException if the registry refuses
     */
    Object answer(String method, URI uri, String body) {
        List<String> path = segments(uri.getRawPath());
        boolean known = false;
        for (Route route : routes) {
            if (route.matches(path)) {
                known = true;
                if (route.method().equals(method)) {
                    return route.action().answer(new Request(route.wildcards(path), query(uri.getRawQuery()), body));
                }
            }
        }
        throw known
                ? RegistryException.methodNotAllowed(method)
                : RegistryException.notFound("HTTP 404 Not Found: " + uri.getPath());
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (!segment.isEmpty()) {
                // A plus sign means a space in a query only
                segments.add(decode(segment.replace("+", "%2B")));
            }
        }
        return segments;
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> values = new HashMap<>();
        for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return values;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw RegistryException.notFound("HTTP 404 Not Found: " + malformed.getMessage());
        }
    }

    private interface Action {
        Object answer(Request request);
    }

    private record Route(String method, List<String> pattern, Action action) {
        boolean matches(List<String> path) {
            if (path.size() != pattern.size()) {
                return false;
            }
            for (int i = 0; i < path.size(); i++) {
                if (!pattern.get(i).equals(ANY) && !pattern.get(i).equals(path.get(i))) {
                    return false;
                }
            }
            return true;
        }

        List<String> wildcards(List<String> path) {
            List<String> parts = new ArrayList<>();
            for (int i = 0; i < path.size(); i++) {
                if (pattern.get(i).equals(ANY)) {
                    parts.add(path.get(i));
                }
            }
            return parts;
        }
    }

    private record Request(List<String> parts, Map<String, String> query, String body) {
        String part(int index) {
            return parts.get(index);
        }

        boolean flag(String name) {
            return Boolean.parseBoolean(query.getOrDefault(name, "false"));
        }

        String text(String name) {
            return query.getOrDefault(name, "");
        }

        int id() {
            try {
                return Integer.parseInt(part(0));
            } catch (NumberFormatException noNumber) {
                throw RegistryException.notFound("HTTP 404 Not Found: '" + part(0) + "' is no schema id");
            }
        }

        Schema schema() {
            JsonNode object = object();
            String type = object.path("schemaType").asText("AVRO");
            if (!type.equals("AVRO")) {
                throw RegistryException.invalidSchema("this registry knows AVRO only, not " + type);
            }
            if (!object.path("references").isEmpty()) {
                throw RegistryException.invalidSchema("this registry knows no references to other subjects");
            }
            if (!object.path("schema").isTextual()) {
                throw RegistryException.invalidSchema("the request has no text under \"schema\"");
            }
            return Subjects.parse(object.path("schema").textValue());
        }

        CompatibilityLevel compatibility() {
            String level = object().path("compatibility").asText("");
            try {
                return CompatibilityLevel.valueOf(level.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException unknown) {
                throw RegistryException.invalidCompatibility(level);
            }
        }

        private JsonNode object() {
            try {
                return JSON.readTree(body);
            } catch (IOException malformed) {
                throw RegistryException.invalidSchema("the request is no JSON: " + malformed.getMessage());
            }
        }
    }
}
