package dev.headstream.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobError;
import dev.headstream.worker.artifact.DirectoryArtifactStore;
import dev.headstream.worker.artifact.UploadFolder;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.ContextSpec;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.secret.SecretReferences;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups, gestures and waits in a real browser. */
final class FlowLanguageIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OUTPUTS =
            "outputs: {v: string?, w: string?, n: integer?, items: {type: list?, items: string}, file: json?}\n";

    /** Sets what an example leaves out, for the parser; it never holds. */
    private static final String NEVER =
            """
                  - if: {value: a, equals: b}
                    then: [{extract: {v: x, w: x, n: x, items: {each: x}}}, {evaluate: {script: x, into: file}}]
            """;

    static Path folder;
    static LanguagePages pages;
    static LanePool pool;

    private final List<String> told = new ArrayList<>();

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        folder = directory;
        pages = new LanguagePages();
        Files.createDirectories(folder.resolve("up"));
        Files.writeString(folder.resolve("up/terms.txt"), "the terms");
        Files.createSymbolicLink(folder.resolve("up/out.txt"), Path.of("/etc/hostname"));
        Files.write(folder.resolve("up/large.bin"), new byte[2_000]);
        pool = LanePool.start(BrowserConfig.defaults().withWorkDirectory(folder.resolve("b")), 1, BrowserEvents.NONE);
    }

    @AfterAll
    static void stop() {
        pool.close();
        pages.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/banner | {visible: '#banner'}                             | then",
                "/       | {visible: '#banner'}                             | else",
                "/       | {hidden: '#banner'}                              | then",
                "/       | {text: hello, selector: h1}                      | else",
                "/       | {text: Hello}                                    | then",
                "/       | {url: '**/'}                                     | then",
                "/       | {value: '${inputs.kind}', equals: b2b}           | then",
                "/       | {value: '${inputs.kind}', differs: b2b}          | else",
                "/       | {value: '${v}', equals: ''}                      | then",
                "/pages  | {visible: '#list li', within: 3s}                | then",
                "/pages  | {visible: ['#nope', 'text=Next']}                | then",
            })
    void run_givenAnIf_expectsTheBranchThatHolds(String path, String condition, String branch) throws Exception {
        JsonNode outputs = succeeded(
                """
                      - navigate: %s
                      - extract: {v: "#absent"}
                      - if: %s
                        then: [{evaluate: {script: "'then'", into: w}}]
                        else: [{evaluate: {script: "'else'", into: w}}]
                """
                        .formatted(path, condition));

        assertThat(outputs.get("w").asText()).isEqualTo(branch);
    }

    @Test
    void run_givenOptionalActions_expectsWhatIsThereDoneAndTheRestRecorded() throws Exception {
        JsonNode outputs = succeeded(
                """
                      - navigate: /banner
                      - click: "#survey"
                        optional: true
                        timeout: 200ms
                      - if: {visible: "#banner"}
                        then:
                          - click: "#accept"
                            optional: true
                          - click: "#accept"
                            optional: true
                            timeout: 200ms
                      - extract: {v: body}
                """);

        assertThat(outputs.get("v").asText()).endsWith("accepted");
        assertThat(told)
                .contains(
                        "2 click #survey passed over: SELECTOR_NOT_FOUND",
                        "3.1 click #accept",
                        "3.2 click #accept passed over: SELECTOR_NOT_FOUND",
                        "3 if");
    }

    @Test
    void run_givenAnOptionalActionThatIsWrong_expectsItToFail() throws Exception {
        JobError error = failed("      - navigate: /\n      - {click: .x, optional: true}\n");

        assertThat(error.getKind()).isEqualTo("SELECTOR_AMBIGUOUS");
    }

    @Test
    void run_givenPages_expectsTheItemsOfAllInOrder() throws Exception {
        JsonNode outputs = succeeded(
                """
                      - navigate: /pages
                      - waitFor: "#list li"
                      - repeat:
                          max: 10
                          nextPage: "#next"
                          changes: "#list"
                          do:
                            - extract: {items: {each: "#list li"}}
                """);

        assertThat(outputs.get("items"))
                .isEqualTo(JSON.readTree("[\"item 1\",\"item 2\",\"item 3\",\"item 4\",\"item 5\",\"item 6\"]"));
        assertThat(told).contains("3.1 extract items");
    }

    @Test
    void run_givenABoundOfRounds_expectsNoMore() throws Exception {
        JsonNode outputs = succeeded(
                """
                      - navigate: /pages
                      - waitFor: "#list li"
                      - repeat: {max: 2, nextPage: "#next", changes: "#list", do: [{extract: {items: {each: "#list li"}}}]}
                      - extract: {n: "#list li:last-child"}
                """);

        assertThat(outputs.get("items")).hasSize(4);
        assertThat(outputs.get("n").asInt()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "while: {visible: '#more'} | 3 | 3",
                "until: {hidden: '#more'}  | 3 | 3",
                "while: {visible: h6}      | 0 | 0",
                "until: {visible: body}    | 1 | 1",
            })
    void run_givenAConditionOfRounds_expectsThemWhileItHoldsAndAListOfOneEach(String rounds, int clicks, int items)
            throws Exception {
        JsonNode outputs = succeeded(
                """
                      - navigate: /more
                      - repeat: {max: 5, %s, do: [{click: "#more"}, {extract: {items: "#n"}}]}
                      - extract: {n: "#n"}
                """
                        .formatted(rounds));

        assertThat(outputs.get("n").asInt()).isEqualTo(clicks);
        assertThat(outputs.get("items")).hasSize(items);
    }

    @Test
    void run_givenAnUntilThatNeverHolds_expectsTheBoundToEndIt() throws Exception {
        JobError error =
                failed("      - navigate: /\n      - repeat: {max: 3, until: {visible: h6}, do: [{hover: h1}]}\n");

        assertThat(error.getKind()).isEqualTo("ASSERTION_FAILED");
        assertThat(error.getMessage()).contains("action 2 (repeat)").contains("after 3 rounds");
    }

    @Test
    void run_givenAFailureWithin_expectsItsPlaceAndRound() throws Exception {
        JobError error = failed(
                """
                      - navigate: /more
                      - repeat: {max: 5, do: [{hover: '#n'}, {click: '#more', timeout: 300ms}]}
                """);

        assertThat(error.getMessage()).contains("action 2.2 (click #more), round 4: no element matches");
    }

    @Test
    void run_givenAnEndlessRepeat_expectsTheTimeoutOfItsOwnToEndIt() throws Exception {
        JobError error =
                failed("      - navigate: /\n      - repeat: {max: 9999, do: [{hover: h1}]}\n        timeout: 500ms\n");

        assertThat(error.getKind()).isEqualTo("ACTION_TIMEOUT");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"selector: 'iframe'", "name: pay", "url: '**/pay'", "path: [0]"})
    void run_givenAFrame_expectsItsActionsWithin(String frame) throws Exception {
        JsonNode outputs = succeeded(
                """
                      - navigate: /frames
                      - frame:
                          %s
                          do:
                            - fill: {selector: "#iban", value: DE12}
                            - click: "#b"
                            - extract: {v: "#out"}
                            - frame: {selector: iframe, do: [{extract: {w: "#deep"}}]}
                """
                        .formatted(frame));

        assertThat(outputs.get("v").asText()).isEqualTo("DE12");
        assertThat(outputs.get("w").asText()).isEqualTo("deepest");
    }

    @Test
    void run_givenAPopup_expectsItsActionsWithinAndThePageAfterwards() throws Exception {
        JsonNode outputs = succeeded(
                """
                      - navigate: /opener
                      - click: "#open"
                      - popup:
                          url: /help
                          do:
                            - extract: {v: h1}
                            - click: "#done"
                      - extract: {w: "#open"}
                """);

        assertThat(outputs.get("v").asText()).isEqualTo("Help");
        assertThat(outputs.get("w").asText()).isEqualTo("Help");
        assertThat(failed("      - navigate: /\n      - {popup: [{click: a}], timeout: 300ms}\n")
                        .getMessage())
                .contains("no window has been opened");
    }

    @Test
    void run_givenFilesToUpload_expectsThePageToHaveThem() throws Exception {
        String encoded = Base64.getEncoder().encodeToString("päge".getBytes(StandardCharsets.UTF_8));

        JsonNode outputs = succeeded(
                """
                      - navigate: /upload
                      - upload:
                          selector: "#f"
                          files:
                            - {file: terms.txt}
                            - {name: data.csv, text: "kind,${inputs.kind}", type: text/csv}
                      - waitForText: {selector: "#out", text: data.csv}
                      - extract: {v: "#out"}
                      - upload: {selector: "#pick", name: page.txt, base64: "%s"}
                      - waitForText: {selector: "#out", text: page.txt}
                      - extract: {w: "#out"}
                """
                        .formatted(encoded));

        assertThat(outputs.get("v").asText()).isEqualTo("terms.txt:text/plain:the terms|data.csv:text/csv:kind,b2b");
        assertThat(outputs.get("w").asText()).isEqualTo("page.txt:text/plain:päge");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "file: nope.txt            | no file 'nope.txt' in the folder",
                "file: out.txt             | a link that leads out of the folder",
                "file: large.bin           | has 2000 bytes, at most 1000 are uploaded",
                "name: a/b, text: x        | not a file name",
                "name: a.bin, base64: '#'  | not base64",
            })
    void run_givenAFileThatMustNotBeUploaded_expectsItRefused(String source, String message) throws Exception {
        JobError error = failed("      - navigate: /upload\n      - upload: {selector: '#f', " + source + "}\n");

        assertThat(error.getKind()).isEqualTo("FILE_NOT_UPLOADED");
        assertThat(error.getMessage()).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "download: {click: '#csv', into: file, name: rows.csv}       | rows.csv",
                "download: {click: '#tab', into: file}                       | report.csv",
                "download: {do: [{navigate: /report.csv}], into: file}       | report.csv",
            })
    void run_givenADownload_expectsItKeptAndItsUriAsOutput(String action, String name) throws Exception {
        Outcome outcome = run("      - navigate: /files\n      - " + action + "\n      - waitFor: '#csv'\n");

        JsonNode file = outputs(outcome).get("file");
        assertThat(file.get("name").asText()).isEqualTo(name);
        assertThat(file.get("bytes").asInt()).isEqualTo(8);
        assertThat(file.get("contentType").asText()).isEqualTo("text/csv");
        assertThat(Files.readString(Path.of(URI.create(file.get("uri").asText()))))
                .isEqualTo("a,b\n1,2\n");
        assertThat(outcome.trace().artifacts()).singleElement().satisfies(artifact -> assertThat(artifact.getName())
                .isEqualTo(name));
    }

    @Test
    void run_givenADownloadThatHangs_expectsItsTimeoutAndAFreeLane() throws Exception {
        JobError own = failed("      - navigate: /files\n      - {download: {click: '#hung'}, timeout: 1s}\n");
        Outcome whole = run("      - navigate: /files\n      - download: {click: '#hung'}\n", "2s");
        JobError none =
                failed("      - navigate: /files\n      - {download: {do: [{hover: '#csv'}]}, timeout: 300ms}\n");

        assertThat(own.getKind()).isEqualTo("ACTION_TIMEOUT");
        assertThat(whole).isInstanceOf(Outcome.TimedOut.class);
        assertThat(none.getMessage()).contains("no download has begun");
        assertThat(succeeded("      - navigate: /\n      - extract: {v: h1}\n")
                        .get("v")
                        .asText())
                .isEqualTo("Hello");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "click: '#ask'                                       | false",
                "{click: '#ask', dialog: accept}                     | true",
                "{click: '#ask', dialog: dismiss}                    | false",
                "{click: '#name', dialog: {accept: '${inputs.kind}'}} | b2b",
                "click: '#name'                                      | ''",
            })
    void run_givenADialog_expectsItAnsweredAsTheActionSays(String action, String answer) throws Exception {
        JsonNode outputs =
                succeeded("      - navigate: /dialogs\n      - %s\n      - extract: {v: '#out'}\n".formatted(action));

        assertThat(outputs.get("v").asText()).isEqualTo(answer);
    }

    @Test
    void run_givenAGroupThatAccepts_expectsTheActionWithinThatDismissesToDecide() throws Exception {
        JsonNode outputs = succeeded(
                """
                      - navigate: /dialogs
                      - if: {visible: "#ask"}
                        dialog: accept
                        then:
                          - {click: "#ask", dialog: dismiss}
                          - extract: {v: "#out"}
                          - click: "#ask"
                          - extract: {w: "#out"}
                """);

        assertThat(outputs.get("v").asText()).isEqualTo("false");
        assertThat(outputs.get("w").asText()).isEqualTo("true");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{frame: {name: pay, do: [{waitFor: '#iban'}, {fill: {selector: '#iban', value: x}}]}}",
                "{click: '#open'}, {popup: {do: [{click: '#done'}]}}",
            })
    void run_givenADocumentOfAHostThatIsNotAllowed_expectsNoActionThere(String actions) throws Exception {
        JobError error =
                failed("      - navigate: /foreign\n      - if: {visible: '#open'}\n        then: [" + actions + "]\n");

        assertThat(error.getKind()).isEqualTo("HOST_NOT_ALLOWED");
    }

    @Test
    void run_givenDownloadsOfOneName_expectsEachKept() throws Exception {
        Outcome outcome = run(
                """
                      - navigate: /files
                      - download: {click: "#csv"}
                      - download: {click: "#csv", into: file}
                """);

        assertThat(outputs(outcome).get("file").get("name").asText()).isEqualTo("report-2.csv");
        assertThat(outcome.trace().artifacts())
                .extracting(artifact -> artifact.getName())
                .containsExactly("report.csv", "report-2.csv");
    }

    @Test
    void run_givenAnAnsweredDialog_expectsTheNextOneDismissed() throws Exception {
        JsonNode outputs = succeeded(
                """
                      - navigate: /dialogs
                      - click: "#ask"
                        dialog: accept
                      - extract: {v: "#out"}
                      - click: "#ask"
                      - extract: {w: "#out"}
                """);

        assertThat(outputs.get("v").asText()).isEqualTo("true");
        assertThat(outputs.get("w").asText()).isEqualTo("false");
    }

    @Test
    void run_givenGestures_expectsThePageToSeeThem() throws Exception {
        JsonNode outputs = succeeded(
                """
                      - navigate: /drag
                      - drag: {selector: "#a", to: "#b"}
                      - extract: {v: "#b"}
                      - navigate: /endless
                      - scroll: {end: 10}
                      - extract: {n: {count: .row}}
                      - scroll: .row:first-child
                      - evaluate: {script: "String(scrollY < 200)", into: w}
                """);

        assertThat(outputs.get("v").asText()).isEqualTo("dropped");
        assertThat(outputs.get("n").asInt()).isEqualTo(40);
        assertThat(outputs.get("w").asText()).isEqualTo("true");
    }

    @Test
    void run_givenFieldsToChange_expectsThemTypedOrSet() throws Exception {
        JsonNode outputs = succeeded(
                """
                      - navigate: /fields
                      - change: {selector: "#s", value: b}
                      - change: {selector: "#t", value: abc}
                      - change: {selector: "#d", value: "2026-01-31"}
                      - evaluate: {script: "[s.value, t.value, t.title, d.value].join(' ')", into: v}
                """);

        assertThat(outputs.get("v").asText()).isEqualTo("b abc c 2026-01-31");
    }

    @Test
    void run_givenWaits_expectsTheAnswerThere() throws Exception {
        JsonNode outputs = succeeded(
                """
                      - navigate: /fetch
                      - waitForResponse: {url: /slow, status: 200, do: [{click: "#go"}]}
                      - waitForText: slow answer
                      - navigate: /fetch
                      - click: "#go"
                      - waitForIdle: 200ms
                      - extract: {v: "#out"}
                      - navigate: /opener
                      - waitForNavigation: [{evaluate: "setTimeout(() => location.href = '/help', 200)"}]
                      - extract: {w: h1}
                      - waitForScript: "document.title.length === 0"
                      - waitForElement: {selector: button, count: 1, operator: "==", properties: {tagName: BUTTON}, attributes: {id: done}}
                """);

        assertThat(outputs.get("v").asText()).isEqualTo("slow answer");
        assertThat(outputs.get("w").asText()).isEqualTo("Help");
    }

    @Test
    void run_givenATotp_expectsTheCodeEnteredAndShownNowhere() throws Exception {
        Outcome outcome = run(
                """
                      - navigate: /otp
                      - fill: {selector: "#code", value: "${totp:seed}"}
                      - press: {selector: "#code", key: Tab}
                      - extract: {v: "#out"}
                      - evaluate: {script: "String(code.value === '287082')", into: w}
                """);

        assertThat(outputs(outcome).get("v").asText()).isEqualTo("got ***");
        assertThat(outputs(outcome).get("w").asText()).isEqualTo("true");
        assertThat(failed("      - navigate: /otp\n      - fill: {selector: '#code', value: '${totp:broken}'}\n")
                        .getMessage())
                .contains("not base32")
                .doesNotContain("01890");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "click: '#serch-btn'         | closest: #search-button",
                "fill: {selector: '[name=qery]', value: x} | [name=\"query\"]",
                "click: .x                   | 2 elements match, one is expected (at",
                "click: 'text=Serach'        | role=button[name=\"Search\"]",
            })
    void run_givenASelectorThatFindsNothing_expectsWhatIsClosest(String action, String message) throws Exception {
        JobError error = failed("      - navigate: /\n      - " + action + "\n        timeout: 300ms\n");

        assertThat(error.getMessage()).contains(message);
        assertThat(error.getMessage().lines()).hasSize(1);
    }

    private static String flow(String actions, String timeout) {
        return "flow: f\nversion: 1\nsite: \"" + pages.url() + "\"\nallowedHosts: [127.0.0.1]\n"
                + "inputs: {kind: {type: string, default: b2b}}\n" + OUTPUTS
                + "steps:\n  - name: s\n    effect: read\n    timeout: " + timeout + "\n    do:\n" + actions + NEVER;
    }

    private Outcome run(String actions) {
        return run(actions, "15s");
    }

    private Outcome run(String actions, String timeout) {
        String text = flow(actions, timeout);
        Flow flow = FlowFiles.parse("f.yaml", text);
        FlowRunner runner = FlowRunner.builder(
                        new SecretReferences(
                                Map.of(
                                        "HEADSTREAM_SECRET_SEED",
                                        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
                                        "HEADSTREAM_SECRET_BROKEN",
                                        "01890189"),
                                null),
                        new DirectoryArtifactStore(folder.resolve("art"), 1_000_000))
                .uploads(new UploadFolder(Optional.of(folder.resolve("up")), 1_000))
                .clock(Clock.fixed(Instant.ofEpochSecond(59), ZoneOffset.UTC))
                .observer(observer())
                .build();
        Outcome outcome = pool.run(
                        Duration.ofSeconds(30),
                        ContextSpec.DEFAULT,
                        session -> runner.run(flow, Jobs.of("f", Map.of(), JobProgress.inMemory()), session))
                .block(Duration.ofSeconds(40));
        return Objects.requireNonNull(outcome);
    }

    private RunObserver observer() {
        return new RunObserver() {
            @Override
            public void actionEnded(String step, String number, String action, Duration took) {
                told.add(number + " " + action);
            }

            @Override
            public void actionPassedOver(String step, String number, String action, String reason, Duration took) {
                told.add(number + " " + action + " passed over: " + reason);
            }
        };
    }

    private JsonNode succeeded(String actions) throws Exception {
        return outputs(run(actions));
    }

    private static JsonNode outputs(Outcome outcome) throws Exception {
        assertThat(outcome)
                .as(outcome instanceof Outcome.Failed failed ? failed.error().getMessage() : "")
                .isInstanceOf(Outcome.Succeeded.class);
        String json = ((Outcome.Succeeded) outcome).outputJson();
        return JSON.readTree(json == null ? "{}" : json);
    }

    private JobError failed(String actions) {
        Outcome outcome = run(actions);
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed) outcome).error();
    }
}
