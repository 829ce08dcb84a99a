package dev.headstream.worker.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecordingTest {
    private static final String RECORDING =
            """
            {
            	"title": "Order a lamp",
            	"timeout": 2500,
            	"steps": [
            		{"type": "setViewport", "width": 800, "height": 600, "deviceScaleFactor": 1, "isMobile": false, "hasTouch": false, "isLandscape": false},
            		{"type": "navigate", "url": "https://portal.example/search?q=1", "assertedEvents": [{"type": "navigation"}]},
            		{"type": "hover", "selectors": ["#menu"], "target": "main"},
            		{"type": "navigate", "url": "https://shop.portal.example:8443/cart"},
            		{"type": "change", "value": "a ${b} \\"c\\" \\u00e9", "selectors": [["aria/Name[role=\\"textbox\\"]"], ["#host", "#name"]], "frame": [0, 1]},
            		{"type": "click", "selectors": [["#buy"]], "offsetX": 4.5, "offsetY": 3, "button": "secondary", "duration": 50,
            		 "target": "https://pay.example/", "assertedEvents": [{"type": "navigation", "url": "https://done.example/x", "title": ""}], "timeout": 9000},
            		{"type": "customStep", "name": "note", "parameters": {"a": [1]}}
            	]
            }
            """;

    @Test
    void parse_givenARecording_expectsTheFlowThatDoesTheSame() {
        Flow flow = FlowFiles.parse("lamp.json", RECORDING);

        assertThat(flow.name()).isEqualTo("order-a-lamp");
        assertThat(flow.allowedHosts().permits("https://portal.example/")).isTrue();
        assertThat(flow.allowedHosts().permits("https://shop.portal.example:8443/"))
                .isTrue();
        assertThat(flow.allowedHosts().permits("https://pay.example/")).isTrue();
        assertThat(flow.allowedHosts().permits("https://done.example/")).isTrue();
        assertThat(flow.allowedHosts().permits("https://elsewhere.example/")).isFalse();
        assertThat(flow.steps())
                .extracting(Step::name)
                .containsExactly("open-portal-example-search", "open-shop-portal-example-8443-cart");
        assertThat(flow.steps()).extracting(Step::effect).containsExactly(Effect.READ, Effect.ONCE);
        assertThat(flow.steps()).allMatch(step -> step.budget().isPresent());
        List<Instruction> second = flow.steps().get(1).instructions();
        Group.InFrame inFrame = (Group.InFrame) second.get(1).action();
        assertThat(inFrame.frame()).isEqualTo(new Group.FrameOf.Path(List.of(0, 1)));
        Gesture.Change change = (Gesture.Change) inFrame.instructions().get(0).action();
        assertThat(change.value().render(reference -> "?")).isEqualTo("a ${b} \"c\" é");
        assertThat(change.selector().render(reference -> "?"))
                .containsExactly("role=textbox[name=\"Name\"s]", "#host >> #name");
        assertThat(second.get(1).timeout())
                .hasValueSatisfying(limit -> assertThat(limit).hasMillis(2_500));
        assertThat(second.get(2).timeout())
                .hasValueSatisfying(limit -> assertThat(limit).hasMillis(9_000));
        Group.InPopup window = (Group.InPopup) second.get(2).action();
        Group.ForNavigation leads =
                (Group.ForNavigation) window.instructions().get(0).action();
        assertThat(leads.instructions().get(0).action()).isInstanceOfSatisfying(Action.Click.class, click -> {
            assertThat(click.at()).contains(new Action.Point(4.5, 3));
            assertThat(click.button()).isEqualTo(Action.Button.RIGHT);
            assertThat(click.force()).isTrue();
        });
    }

    @Test
    void parse_givenStepsAfterOneThatIsNotRunAgain_expectsItsStateSaved() {
        Flow flow = FlowFiles.parse(
                "r.json",
                """
                {"title": "r", "steps": [
                    {"type": "navigate", "url": "https://a.example/login"},
                    {"type": "click", "selectors": [["text/Go >>"]], "offsetX": 1, "offsetY": 1},
                    {"type": "navigate", "url": "https://a.example/orders"},
                    {"type": "waitForExpression", "expression": "document.title === `Order ${window.n}`"},
                    {"type": "keyDown", "key": "Enter"}
                ]}
                """);

        assertThat(flow.steps()).extracting(Step::saveState).containsExactly(true, false);
        assertThat(flow.steps().get(0).instructions().get(1).action())
                .isInstanceOfSatisfying(
                        Action.Click.class, click -> assertThat(click.selector().render(reference -> "?"))
                                .containsExactly("text=/Go \\x3e\\x3e/"));
        assertThat(flow.steps().get(1).instructions().get(1).action().toString())
                .contains("`Order ${window.n}`")
                .doesNotContain("$${");
    }

    @Test
    void parse_givenAMouseButtonThatCannotBePressed_expectsARefusalThatNamesIt() {
        assertThatThrownBy(
                        () -> FlowFiles.parse(
                                "r.json",
                                """
                        {"title": "r", "steps": [
                            {"type": "navigate", "url": "https://a.example/"},
                            {"type": "click", "selectors": ["#a"], "offsetX": 1, "offsetY": 1, "button": "back"}
                        ]}
                        """))
                .hasMessageContaining("'back' cannot be pressed");
    }

    @Test
    void importRecording_givenARecording_expectsAFlowFileOfTheSameFlow() {
        String yaml = FlowFiles.importRecording("lamp.json", RECORDING);

        assertThat(FlowFiles.parse("lamp.yaml", yaml)).isEqualTo(FlowFiles.parse("lamp.json", RECORDING));
        assertThat(yaml).contains("budget:").contains("- name: open-portal-example-search");
    }

    @Test
    void load_givenADirectoryWithARecording_expectsItAmongTheFlows(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("lamp.json"), RECORDING);

        assertThat(FlowCatalog.load(directory).get("order-a-lamp")).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type': 'klick'}                              | r.json:3:10: 'klick' is not a step of the Recorder",
                "{'type': 'click', 'selectors': ['#a']}         | missing 'offsetX' in a step",
                "{'type': 'click', 'offsetX': 1, 'offsetY': 1}  | missing 'selectors' in a step",
                "{'type': 'hover', 'selectors': []}             | must hold at least one selector",
                "{'type': 'navigate'}                           | missing 'url' in a step",
                "{'type': 'keyDown', 'key': 'A'}                | names no page",
                "{'type': 'customStep', 'name': 'x'}            | does nothing",
                "{'typ': 'click'}                               | missing 'type' in a step",
            })
    void parse_givenAMistake_expectsItsPlace(String step, String message) {
        String text = "{\"title\": \"t\", \"steps\": [\n\n" + step.replace('\'', '"') + "\n]}";

        InvalidFlowException refused =
                catchThrowableOfType(InvalidFlowException.class, () -> FlowFiles.parse("r.json", text));

        assertThat(refused.problems())
                .anySatisfy(problem ->
                        assertThat(problem.toString()).startsWith("r.json:").contains(message));
    }

    private static final String FLOW =
            """
            flow: f
            version: 1
            site: https://portal.example
            allowedHosts: [portal.example]
            inputs: {q: string}
            steps:
              - name: s
                effect: once
                do:
                  - navigate: /search
                  - fill: {selector: "#q", value: "${inputs.q}"}
                  - press: Enter
                  - waitForNavigation: [{click: {selector: ["aria/Go", "#host >>> #go"]}}]
                  - waitFor: "text=Done"
            """;

    @Test
    void export_givenAFlowThatTheRecorderCanDo_expectsARecordingThatIsRead() {
        String recording = RecordingExport.of(FlowFiles.parse("f.yaml", FLOW), Map.of("q", "lamp"));

        Flow again = FlowFiles.parse("f.json", recording);
        assertThat(again.steps().get(0).instructions()).hasSize(6);
        assertThat(recording)
                .contains("https://portal.example/search", "lamp", "\"text/Done\"", "\"aria/Go\"", "\"navigation\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{if: {visible: a}, then: [{click: a}]}   | line 15: 'if' in step 's' cannot be exported: the Recorder has no such step",
                "{click: 'role=button'}                   | line 15: 'click' in step 's' cannot be exported: the Recorder cannot read its selector",
                "{fill: {selector: a, value: '${secret:x}'}} | must not hold secrets",
                "{click: a, optional: true}               | no optional actions",
            })
    void export_givenAnActionThatTheRecorderHasNot_expectsItsLine(String action, String message) {
        Flow flow = FlowFiles.parse("f.yaml", FLOW + "      - " + action + "\n");

        assertThatThrownBy(() -> RecordingExport.of(flow, Map.of("q", "lamp")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
