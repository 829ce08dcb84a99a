package dev.headstream.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings of third-party sites run as they are, and the Recorder's own library accepts the same files. */
final class RecordingIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Path folder;
    static LanePool pool;
    static StaticSite todo;
    static StaticSite sink;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        folder = directory;
        todo = new StaticSite(NpmPackages.get("todomvc", "0.1.1")).start();
        sink = new StaticSite(
                        NpmPackages.get("cypress-example-kitchensink", "7.0.0").resolve("app"))
                .start();
        pool = LanePool.start(BrowserConfig.defaults().withWorkDirectory(folder.resolve("b")), 1, BrowserEvents.NONE);
    }

    @AfterAll
    static void stop() {
        if (pool != null) {
            pool.close();
            todo.close();
            sink.close();
        }
    }

    /** The end state is part of each recording: its last steps wait for it. */
    @Test
    void run_givenTenRecordings_expectsEachToReachItsEndAndTheRecordersLibraryToAcceptIt() throws Exception {
        Map<String, String> recordings = recordings();
        assertThat(recordings).hasSize(10);
        Path files = Files.createDirectories(folder.resolve("recordings"));
        for (Map.Entry<String, String> recording : recordings.entrySet()) {
            Files.writeString(files.resolve(recording.getKey() + ".json"), recording.getValue());
        }

        assertThat(recordings.keySet()).allSatisfy(name -> {
            Outcome outcome = run(FlowFiles.read(files.resolve(name + ".json")));
            assertThat(outcome)
                    .as(
                            outcome instanceof Outcome.Failed failed
                                    ? name + ": " + failed.error().getMessage()
                                    : name)
                    .isInstanceOf(Outcome.Succeeded.class);
        });
        assertThat(acceptedByItsLibrary(files)).isEqualTo("10");
    }

    @Test
    void run_givenARecordingWhoseEndIsNotReached_expectsItToFail() throws Exception {
        String recording = recordings().get("todomvc-backbone").replace("\"count\":2", "\"count\":3");

        Outcome outcome = run(FlowFiles.parse("wrong.json", recording));

        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        assertThat(((Outcome.Failed) outcome).error().getKind()).isEqualTo("UNCERTAIN");
        assertThat(((Outcome.Failed) outcome).error().getMessage()).contains("expected == 3 elements, found 2");
    }

    private static Map<String, String> recordings() throws Exception {
        Map<String, String> recordings = new LinkedHashMap<>();
        for (String framework : new String[] {"backbone", "angularjs", "knockoutjs", "react"}) {
            recordings.put("todomvc-" + framework, todo(framework));
        }
        String s = sink.url() + "/commands/";
        recordings.put(
                "type",
                recording(
                        "Type",
                        s + "actions",
                        "{'type':'change','value':'ada@portal.example','selectors':[['aria/Nobody calls it so'],['.action-email']]}",
                        "{'type':'waitForElement','selectors':['.action-email'],'properties':{'value':'ada@portal.example'}}"));
        recordings.put(
                "submit",
                recording(
                        "Submit",
                        s + "actions",
                        "{'type':'click','selectors':[['aria/Coupon Code'],['#couponCode1']],'offsetX':5,'offsetY':5}",
                        "{'type':'keyDown','key':'A'}",
                        "{'type':'keyUp','key':'A'}",
                        "{'type':'click','selectors':[['aria/Submit[role=\\\"button\\\"]']],'offsetX':5,'offsetY':5}",
                        "{'type':'waitForElement','selectors':[['text/Your form has been submitted!']]}"));
        recordings.put(
                "select",
                recording(
                        "Select",
                        s + "actions",
                        "{'type':'change','value':'fr-bananas','selectors':[['.action-select'],['xpath///select']]}",
                        "{'type':'waitForElement','selectors':['.action-select'],'properties':{'value':'fr-bananas'}}"));
        recordings.put(
                "popover",
                recording(
                        "Popover",
                        s + "actions",
                        "{'type':'scroll','x':0,'y':100}",
                        "{'type':'hover','selectors':[['.action-btn']]}",
                        "{'type':'click','selectors':[['pierce/.action-btn']],'offsetX':20,'offsetY':10,'button':'primary'}",
                        "{'type':'waitForElement','selectors':['.popover-content'],'operator':'==','count':1}",
                        "{'type':'customStep','name':'note','parameters':{}}"));
        recordings.put(
                "double-click",
                recording(
                        "Double click",
                        s + "actions",
                        "{'type':'doubleClick','selectors':[['.action-div']],'offsetX':10,'offsetY':10}",
                        "{'type':'waitForExpression','expression':'document.querySelector(\\\".action-div\\\").offsetParent === null'}"));
        recordings.put(
                "navigate",
                recording(
                        "Navigate",
                        sink.url() + "/index",
                        "{'type':'emulateNetworkConditions','download':1000000,'upload':1000000,'latency':5}",
                        "{'type':'navigate','url':'" + s + "traversal'}",
                        "{'type':'waitForElement','selectors':['.traversal-table'],'visible':true}",
                        "{'type':'waitForElement','selectors':['#gone'],'visible':false}",
                        "{'type':'close'}"));
        return recordings;
    }

    private static String todo(String framework) throws Exception {
        String enter = "{'type':'keyDown','key':'Enter'}";
        String up = "{'type':'keyUp','key':'Enter'}";
        return recording(
                "TodoMVC " + framework,
                todo.url() + "/examples/" + framework + "/index.html",
                "{'type':'click','selectors':[['#new-todo'],['.new-todo']],'offsetX':50,'offsetY':20}",
                "{'type':'change','value':'Buy milk','selectors':[['#new-todo'],['.new-todo']]}",
                enter,
                up,
                "{'type':'change','value':'Read a book','selectors':[['#new-todo'],['.new-todo']]}",
                enter,
                up,
                "{'type':'waitForElement','selectors':[['#todo-list li'],['.todo-list li']],'operator':'==','count':2}",
                "{'type':'click','selectors':[['#todo-list li:nth-child(1) .toggle'],['.todo-list li:nth-child(1) .toggle']],"
                        + "'offsetX':20,'offsetY':20}",
                "{'type':'waitForElement','selectors':[['#todo-list li.completed'],['.todo-list li.completed']],'operator':'==',"
                        + "'count':1}");
    }

    private static String recording(String title, String url, String... steps) throws Exception {
        ObjectNode recording = JSON.createObjectNode().put("title", title);
        ArrayNode list = recording.putArray("steps");
        list.add(step("{'type':'setViewport','width':1200,'height':800,'deviceScaleFactor':1,'isMobile':false,"
                + "'hasTouch':false,'isLandscape':false}"));
        list.add(step("{'type':'navigate','url':'" + url + "','assertedEvents':[{'type':'navigation','url':'" + url
                + "','title':''}]}"));
        for (String step : steps) {
            list.add(step(step));
        }
        return JSON.writeValueAsString(recording);
    }

    private static JsonNode step(String text) throws Exception {
        return JSON.readTree(text.replace('\'', '"'));
    }

    private static Outcome run(Flow flow) {
        FlowRunner runner = FlowRunner.of(
                new SecretReferences(Map.of(), null), new DirectoryArtifactStore(folder.resolve("art"), 10_000_000));
        return Objects.requireNonNull(pool.run(
                        Duration.ofSeconds(60),
                        ContextSpec.DEFAULT,
                        session -> runner.run(flow, Jobs.of(flow.name(), Map.of(), JobProgress.inMemory()), session))
                .block(Duration.ofSeconds(80)));
    }

    /** How many of the files {@code parse()} accepts; what it says of the first that it does not. */
    private static String acceptedByItsLibrary(Path files) throws Exception {
        Path library = NpmPackages.get("@puppeteer/replay", "3.1.3").toAbsolutePath();
        Path script = folder.resolve("parse.mjs");
        // its parser is in the file of its runner, which asks for puppeteer only when something runs
        Files.writeString(
                script,
                "import {readdirSync, readFileSync} from 'node:fs';\nimport {parse} from '" + library
                        + "/lib/main.js';\nlet n = 0;\nfor (const f of readdirSync(process.argv[2])) {\n"
                        + "  parse(JSON.parse(readFileSync(process.argv[2] + '/' + f))); n++;\n}\nconsole.log(n);\n");
        Path out = folder.resolve("parse.txt");
        Process node = new ProcessBuilder("node", script.toString(), files.toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return Files.readString(out).strip();
    }
}
