package dev.headstream.worker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the schema that editors use against what the parser accepts. */
final class FlowSchemaTest {
    private static JsonNode schema = new ObjectMapper().createObjectNode();

    @BeforeAll
    static void read() throws Exception {
        schema = new ObjectMapper()
                .readTree(Path.of("..", "deploy", "flow.schema.json").toFile());
    }

    @Test
    void schema_givenTheParsersKeys_expectsTheSameAtEveryPlace() {
        assertThat(keys(schema)).containsExactlyElementsOf(FlowKeys.FLOW);
        assertThat(keys(definition("step"))).containsExactlyElementsOf(FlowKeys.STEP);
        assertThat(keys(longForm("input"))).containsExactlyElementsOf(FlowKeys.INPUT);
        assertThat(keys(longForm("output"))).containsExactlyInAnyOrderElementsOf(FlowKeys.OUTPUT);
        assertThat(keys(longForm("value"))).containsExactlyInAnyOrderElementsOf(FlowKeys.VALUE);
        assertThat(keys(longForm("extraction"))).containsExactlyElementsOf(FlowKeys.EXTRACTION);
        assertThat(keys(schema.at("/properties/session"))).containsExactlyElementsOf(FlowKeys.SESSION);
        assertThat(keys(schema.at("/properties/session/properties/loggedOut")))
                .containsExactlyElementsOf(FlowKeys.LOGGED_OUT);
        assertThat(keys(schema.at("/properties/context"))).containsExactlyElementsOf(FlowKeys.CONTEXT);
        assertThat(keys(schema.at("/properties/context/properties/viewport")))
                .containsExactlyElementsOf(FlowKeys.VIEWPORT);
        assertThat(keys(schema.at("/properties/context/properties/geolocation")))
                .containsExactlyElementsOf(FlowKeys.GEOLOCATION);
        assertThat(keys(schema.at("/properties/context/properties/basicAuth")))
                .containsExactlyElementsOf(FlowKeys.BASIC_AUTH);
        assertThat(keys(definition("step").at("/properties/cache"))).containsExactlyElementsOf(FlowKeys.CACHE);
    }

    @Test
    void schema_givenTheParsersActions_expectsEachWithItsKeys() {
        List<String> words = new ArrayList<>(FlowKeys.ACTIONS.keySet());
        words.addAll(FlowKeys.BESIDE_ACTION);

        assertThat(keys(definition("action"))).containsExactlyElementsOf(words);
        FlowKeys.ACTIONS.forEach((word, keys) ->
                assertThat(keys(longForm("action-" + word))).as(word).containsExactlyElementsOf(keys));
    }

    @Test
    void schema_givenItsReferences_expectsEachToLeadSomewhere() {
        for (JsonNode reference : schema.findValues("$ref")) {
            assertThat(schema.at(reference.asText().substring(1)).isMissingNode())
                    .as(reference.asText())
                    .isFalse();
        }
        Set<String> referred = new HashSet<>();
        schema.findValues("$ref")
                .forEach(reference -> referred.add(reference.asText().replace("#/$defs/", "")));
        List<String> defined = new ArrayList<>();
        schema.get("$defs").fieldNames().forEachRemaining(defined::add);
        assertThat(referred).containsExactlyInAnyOrderElementsOf(defined);
    }

    private static JsonNode definition(String name) {
        return schema.at("/$defs/" + name);
    }

    private static JsonNode longForm(String name) {
        JsonNode definition = definition(name);
        return definition.has("oneOf") ? definition.get("oneOf").get(1) : definition;
    }

    private static List<String> keys(JsonNode object) {
        List<String> keys = new ArrayList<>();
        object.path("properties").fieldNames().forEachRemaining(keys::add);
        return keys;
    }
}
