package dev.headstream.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.loadgen.site.DemoSite;
import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.StepOutcome;
import dev.headstream.v1.StepReport;
import dev.headstream.worker.artifact.DirectoryArtifactStore;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.ContextSpec;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowCatalog;
import dev.headstream.worker.secret.SecretReferences;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flows that ship as examples, against the portal that they are written for. */
final class ShippedFlowsIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Path folder;
    static DemoSite site;
    static LanePool pool;
    static FlowCatalog flows;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        folder = directory;
        site = DemoSite.start(DemoSite.Options.instant());
        flows = FlowCatalog.load(Path.of("..", "deploy", "flows"));
        pool = LanePool.start(
                BrowserConfig.defaults()
                        .withWorkDirectory(directory.resolve("b"))
                        .withAllowedHosts(flows.hosts()),
                1,
                BrowserEvents.NONE);
    }

    @AfterAll
    static void stop() {
        pool.close();
        site.close();
    }

    @Test
    void run_givenTheDemoFlow_expectsAHitInTheCart() throws Exception {
        JsonNode outputs = succeeded(run("demo", Map.of("query", "lamp"), JobProgress.inMemory()));

        assertThat(outputs.get("hits").size()).isPositive();
        assertThat(outputs.get("title").asText())
                .isEqualTo(outputs.get("hits").get(0).get("title").asText());
        assertThat(outputs.get("total").asText()).isNotBlank();
    }

    @Test
    void run_givenTheSearchFlow_expectsTheFirstHitRead() throws Exception {
        JsonNode outputs = succeeded(run("catalog-search", Map.of("query", "lamp"), JobProgress.inMemory()));

        assertThat(outputs.get("hits").get(0).get("url").asText()).startsWith(site.url());
        assertThat(outputs.get("sku").asText()).isNotBlank();
    }

    @Test
    void run_givenTheOrderFlowResumedAfterItsSearch_expectsANewLoginAndOneOrder() throws Exception {
        Jobs.Recorded progress = new Jobs.Recorded();
        Map<String, String> inputs = Map.of("query", "lamp", "account", "ada");
        JsonNode first = succeeded(run("order", inputs, progress));
        String searched = progress.log.stream()
                .filter(line -> line.startsWith("complete search "))
                .map(line -> line.substring("complete search ".length()))
                .findFirst()
                .orElseThrow();
        Jobs.Recorded resumed = new Jobs.Recorded()
                .completed("login", null)
                .completed("search", searched)
                .completed("detail", "{\"title\":\"kept\"}");

        Outcome outcome = run("order", inputs, resumed);

        assertThat(first.get("reference").asText()).isEqualTo("job-1");
        assertThat(progress.log).contains("intend place-order");
        assertThat(outcome.trace().steps())
                .as(outcome.toString())
                .extracting(StepReport::getOutcome)
                .containsExactly(StepOutcome.RAN, StepOutcome.RESUMED, StepOutcome.RESUMED, StepOutcome.RAN);
        assertThat(succeeded(outcome).get("title").asText()).isEqualTo("kept");
    }

    private static Outcome run(String name, Map<String, String> inputs, JobProgress progress) {
        Flow flow = flows.get(name).orElseThrow();
        Map<String, String> all = new java.util.HashMap<>(inputs);
        all.put("site", site.url());
        assertThat(flows.problems(name, all)).isEmpty();
        FlowRunner runner = FlowRunner.of(
                new SecretReferences(Map.of("HEADSTREAM_SECRET_PORTAL_PASSWORD", "demo"), null),
                new DirectoryArtifactStore(folder.resolve("art"), 1_000_000));
        Job job = Jobs.of(name, all, progress);
        return Objects.requireNonNull(
                pool.run(Duration.ofSeconds(60), ContextSpec.DEFAULT, session -> runner.run(flow, job, session))
                        .block(Duration.ofSeconds(90)));
    }

    private static JsonNode succeeded(Outcome outcome) throws Exception {
        assertThat(outcome).as(outcome.toString()).isInstanceOf(Outcome.Succeeded.class);
        return JSON.readTree(Objects.requireNonNull(((Outcome.Succeeded) outcome).outputJson()));
    }
}
