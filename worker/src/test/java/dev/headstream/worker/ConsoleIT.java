package dev.headstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.headstream.loadgen.site.DemoSite;
import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobHandler;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.pipeline.metrics.KnownFlows;
import dev.headstream.pipeline.metrics.PipelineMetrics;
import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobStatus;
import dev.headstream.worker.artifact.DirectoryArtifactStore;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.ContextSpec;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.browser.LaneTask;
import dev.headstream.worker.capacity.StepSlowdown;
import dev.headstream.worker.console.Console;
import dev.headstream.worker.flow.FlowCatalog;
import dev.headstream.worker.management.Audience;
import dev.headstream.worker.management.Health;
import dev.headstream.worker.management.ManagementServer;
import dev.headstream.worker.management.WorkerRegistry;
import dev.headstream.worker.run.FlowRunner;
import dev.headstream.worker.run.RunObserver;
import dev.headstream.worker.secret.SecretReferences;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The console in a real browser: one lane looks at the page while the others run jobs. Waits are for selectors, because
 * what waits for a function evaluates text in the page, which its policy forbids.
 */
final class ConsoleIT {
    private static final String FLOW =
            """
            flow: visit
            version: 1
            site: "${inputs.site}"
            allowedHosts: [127.0.0.1]
            inputs: {site: string, millis: string, title: string}
            steps:
              - name: wait
                effect: read
                budget: 1s
                timeout: 15s
                do: [{navigate: "/hostile/slow?millis=${inputs.millis}"}]
              - name: read
                effect: read
                budget: 20s
                timeout: 20s
                do:
                  - navigate: /item/1001
                  - assertText: {selector: h1.title, contains: "${inputs.title}"}
            """;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final PrometheusMeterRegistry meters = WorkerRegistry.create();
    private final Health health = new Health();
    private final KnownFlows known =
            KnownFlows.none().with("visit", Map.of("wait", Duration.ofSeconds(1), "read", Duration.ofSeconds(20)));
    private final Console console = new Console(
            new Console.Identity("<b>w-1</b>", "0.1.0", "group", "jobs", "exactly-once", Instant.now()),
            meters,
            health,
            known,
            Clock.systemUTC());
    private final PipelineMetrics metrics = new PipelineMetrics(meters, known);
    private final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor();

    @SuppressWarnings("NullAway.Init")
    private DemoSite site;

    @SuppressWarnings("NullAway.Init")
    private LanePool pool;

    @SuppressWarnings("NullAway.Init")
    private JobHandler handler;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        site = DemoSite.start(DemoSite.Options.instant());
        pool = LanePool.start(
                BrowserConfig.defaults().withWorkDirectory(folder.resolve("b")), 3, console.watch(BrowserEvents.NONE));
        console.show(new Console.Lanes(pool::snapshot, () -> Optional.of(pool.browser()), pool::state, pool::limit, 3));
        Files.writeString(Files.createDirectory(folder.resolve("flows")).resolve("visit.yaml"), FLOW);
        FlowRunner runner = FlowRunner.builder(
                        new SecretReferences(Map.of(), null), new DirectoryArtifactStore(folder.resolve("a"), 10 << 20))
                .screenshotOnFailure(true)
                .observer(console.watch(RunObserver.NONE))
                .build();
        handler = console.watch(new BrowserJobHandler(
                pool,
                2,
                FlowCatalog.load(folder.resolve("flows")),
                runner,
                new StepSlowdown(),
                LIMIT,
                Optional.empty(),
                Clock.systemUTC()));
        health.enter(Health.Phase.RUNNING);
        console.start(housekeeping);
    }

    @AfterEach
    void stop() {
        housekeeping.shutdownNow();
        pool.close();
        site.close();
        meters.close();
    }

    @Test
    void console_givenJobsAndAFailure_expectsThemSeenOnDeskAndPhoneUntilTheWorkerIsGone() throws Exception {
        ManagementServer server =
                console.on(ManagementServer.builder(), Audience.MACHINE).listen("127.0.0.1", 0);
        String base = server.uri().toString();
        ConcurrentLinkedQueue<String> elsewhere = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();
        LaneTask<Boolean> looking = LaneTask.labelled("looking", session -> {
            Page page = session.page();
            page.onRequest(request -> {
                if (!request.url().startsWith(base + "/")) {
                    elsewhere.add(request.url());
                }
            });
            page.onPageError(complaints::add);
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) {
                    complaints.add(message.text());
                }
            });
            seeJobs(page, base);
            seeBothSchemes(page);
            seeAPhone(page);
            assertThat(elsewhere).isEmpty();
            assertThat(complaints).isEmpty();

            server.close();
            page.waitForSelector("#state:has-text('connection lost since')");
            assertThat(page.locator("#main").getAttribute("class")).isEqualTo("stale");
            return true;
        });

        assertThat(pool.run(LIMIT, ContextSpec.DEFAULT, looking).block(LIMIT)).isTrue();
    }

    private void seeJobs(Page page, String base) {
        page.navigate(base + "/");
        page.waitForSelector("#state:has-text('● ready')");
        // what looks like markup is text
        assertThat(page.locator("#worker").innerText()).isEqualTo("<b>w-1</b>");
        assertThat(page.locator("#failures-empty").isVisible()).isTrue();

        CompletableFuture<Outcome> good = run("job-good", "4000", "");
        page.waitForSelector("#lanes tr:has-text('job-good'):has-text('wait')");
        page.waitForSelector("#lanes tr:has-text('job-good') .time:has-text('▲')"); // beyond its budget of a second
        page.waitForSelector("#steps tr:has-text('visit / read')");
        assertThat(good.join()).isInstanceOf(Outcome.Succeeded.class);
        page.waitForSelector("#lanes:not(:has-text('job-good'))");
        assertThat(page.locator("#offender").innerText()).contains("visit / wait");

        assertThat(run("job-bad", "0", "<img src=x onerror=alert(1)>").join()).isInstanceOf(Outcome.Failed.class);
        page.waitForSelector("#failures li:has-text('job-bad'):has-text('ASSERTION_FAILED')");
        page.locator("#failures img").scrollIntoViewIfNeeded();
        Object width = page.evaluate("() => { const picture = document.querySelector('#failures img');"
                + " return picture.decode().then(() => picture.naturalWidth); }");
        assertThat((Integer) width).isGreaterThan(100);
        assertThat(page.locator("#failures img").count()).isEqualTo(1);
    }

    private static void seeBothSchemes(Page page) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        Object light = page.evaluate("getComputedStyle(document.body).backgroundColor");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        Object dark = page.evaluate("getComputedStyle(document.body).backgroundColor");
        assertThat(List.of(light, dark)).containsExactly("rgb(244, 246, 248)", "rgb(14, 18, 22)");
    }

    private static void seeAPhone(Page page) {
        page.setViewportSize(360, 740);
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
        assertThat(page.locator("#failures li").first().isVisible()).isTrue();
    }

    /** As the pipeline does it, which is not here. */
    private CompletableFuture<Outcome> run(String id, String millis, String title) {
        Map<String, String> inputs = Map.of("site", site.url(), "millis", millis, "title", title);
        JobRequested request = new JobRequested(id, "visit", inputs, null, null, 1, Map.of(), Instant.now(), false);
        return handler.handle(
                        new Job(id, null, request, new Job.Position("jobs", 0, 0, 0), 1, null, JobProgress.inMemory()))
                .doOnNext(outcome -> {
                    metrics.stepsEnded("visit", outcome.trace().steps());
                    metrics.jobEnded(
                            "visit", JobStatus.SUCCEEDED, outcome.trace().ran());
                })
                .toFuture();
    }
}
