package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.FileChooser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.Geolocation;
import dev.headstream.worker.browser.BrowserConfig.Transport;
import dev.headstream.worker.browser.BrowserFailureException.Kind;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a lane can do and survives, however it is connected to the browser. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class LaneContract {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String NEVER = "() => new Promise(() => {})";
    /** As a worker's, but with less patience where a test has to wait for it. */
    private static final Timings TIMINGS = new Timings(
            Duration.ofSeconds(20),
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofSeconds(8),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    private final Transport transport;
    private final RecordedEvents events = new RecordedEvents();
    private TestSite site;
    private LanePool pool;

    LaneContract(Transport transport) {
        this.transport = transport;
    }

    /** Ends the connection of a lane from outside, as an accident would. */
    abstract void sever(Link link);

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        site = new TestSite();
        pool = LanePool.start(config(transport, folder), 2, events, TIMINGS);
    }

    @AfterAll
    void stop() {
        pool.close();
        site.close();
    }

    private static BrowserConfig config(Transport transport, Path folder) {
        return BrowserConfig.defaults().withWorkDirectory(folder).withTransport(transport);
    }

    private <T> T run(LaneTask<T> task) {
        return run(ContextSpec.DEFAULT, task);
    }

    private <T> T run(ContextSpec spec, LaneTask<T> task) {
        return result(pool.run(DEADLINE, spec, task));
    }

    private static <T> T result(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(LIMIT), "no value");
    }

    private Mono<String> title() {
        return pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
            session.page().navigate(site.url("/"));
            return session.page().title();
        });
    }

    @Test
    void run_givenCookieAndStorageOfAnotherTask_expectsNoneOfIt() {
        Mono<String> leave = pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
            session.page().navigate(site.url("/"));
            session.page().evaluate("() => { document.cookie = 'who=me'; localStorage.setItem('who', 'me'); }");
            return look(session);
        });
        Mono<String> look = pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
            session.page().navigate(site.url("/"));
            return look(session);
        });

        // at the same time on the other lane, and afterwards on both
        assertThat(Flux.just(leave, look, leave, look)
                        .flatMap(task -> task, 2)
                        .collectList()
                        .block(LIMIT))
                .containsExactlyInAnyOrder("who=me/me", "/null", "who=me/me", "/null");
        assertThat(look.repeat(3).collectList().block(LIMIT)).hasSize(4).containsOnly("/null");
    }

    private static String look(LaneSession session) {
        return String.valueOf(session.page().evaluate("() => document.cookie + '/' + localStorage.getItem('who')"));
    }

    @Test
    void run_givenStorageStateOfAnEarlierTask_expectsToBeLoggedInAgain() {
        String state = run(session -> {
            session.page().navigate(site.url("/"));
            session.page().evaluate("() => { document.cookie = 'who=me'; localStorage.setItem('who', 'me'); }");
            return session.context().storageState();
        });

        String seen = run(ContextSpec.DEFAULT.withStorageState(state), session -> {
            session.page().navigate(site.url("/"));
            return look(session);
        });

        assertThat(seen).isEqualTo("who=me/me");
    }

    @Test
    void run_givenContextSpec_expectsPageToSeeIt() {
        ContextSpec spec = ContextSpec.DEFAULT.withLocale("de-CH").withViewport(640, 480);

        String seen = run(
                spec,
                session -> String.valueOf(
                        session.page().evaluate("() => navigator.language + ' ' + innerWidth + 'x' + innerHeight")));

        assertThat(seen).isEqualTo("de-CH 640x480");
    }

    @Test
    void run_givenPermissionAndPlace_expectsPageToGetIt() {
        String seen = run(session -> {
            session.context().grantPermissions(List.of("geolocation"));
            session.context().setGeolocation(new Geolocation(47.5, 8.25));
            session.page().navigate(site.url("/"));
            return String.valueOf(session.page()
                    .evaluate("() => new Promise((yes, no) => navigator.geolocation.getCurrentPosition("
                            + "p => yes(p.coords.latitude + ' ' + p.coords.longitude), e => yes(e.message)))"));
        });

        assertThat(seen).isEqualTo("47.5 8.25");
    }

    @Test
    void run_givenScreenshotAndRouteByGlob_expectsBoth() {
        Integer size = run(session -> {
            session.page()
                    .route(
                            "**/made-up*",
                            route -> route.fulfill(new Route.FulfillOptions()
                                    .setBody("<title>made up</title>")
                                    .setContentType("text/html")));
            session.page().navigate(site.url("/made-up?x=1"));
            assertThat(session.page().title()).isEqualTo("made up");
            return session.page().screenshot().length;
        });

        assertThat(size).isGreaterThan(100);
    }

    @Test
    void run_givenFrameAndPopupAndDialog_expectsEachToBeReached() {
        List<String> seen = run(session -> {
            Page page = session.page();
            page.navigate(site.url("/"));
            page.onDialog(Dialog::accept);
            page.evaluate(
                    "() => { const f = document.createElement('iframe'); f.name = 'inner'; f.src = '/echo?n=frame';"
                            + " document.body.append(f); }");
            String framed = page.frameLocator("[name=inner]").locator("#q").textContent();
            Page popup = page.waitForPopup(() -> page.evaluate("() => { window.open('/echo?n=popup'); }"));
            popup.waitForLoadState();
            return List.of(framed, popup.title(), String.valueOf(page.evaluate("() => confirm('Sure?')")));
        });

        assertThat(seen).containsExactly("n=frame", "n=popup", "true");
    }

    @Test
    void run_givenConsoleAndUncaughtErrors_expectsThemHeard() {
        List<String> heard = new CopyOnWriteArrayList<>();

        boolean done = run(session -> {
            session.page().onConsoleMessage(message -> heard.add(message.type() + " " + message.text()));
            session.page().onPageError(heard::add);
            session.page()
                    .setContent("<script>console.warn('careful'); setTimeout(() => { throw new Error('broken') })"
                            + "</script>");
            session.page().waitForCondition(() -> heard.size() > 1);
            return true;
        });

        assertThat(done).isTrue();
        assertThat(heard).hasSize(2).contains("warning careful").anyMatch(error -> error.contains("broken"));
    }

    @Test
    void run_givenFileForAChooserAndBytesForAField_expectsPageToHaveBoth(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("terms.txt"), "the terms");

        String seen = run(session -> {
            Page page = session.page();
            page.setContent("<input type=file id=f>");
            FileChooser chooser = page.waitForFileChooser(() -> page.click("#f"));
            chooser.setFiles(file);
            return page.evaluate("async () => f.files[0].name + ':' + await f.files[0].text()") + "";
        });

        assertThat(seen).isEqualTo("terms.txt:the terms");
    }

    @Test
    void run_givenDownload_expectsItsBytes() {
        String bytes = run(session -> {
            session.page().setContent("<a href='" + site.url("/file") + "'>report</a>");
            Download download =
                    session.page().waitForDownload(() -> session.page().click("a"));
            try (InputStream in = download.createReadStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        });

        assertThat(bytes).isEqualTo("a,b\n1,2\n");
    }

    @Test
    void run_givenEndlessEvaluate_expectsDeadlineAndTheOtherLaneUndisturbed() {
        events.clear();
        Mono<Object> endless =
                pool.run(SHORT, ContextSpec.DEFAULT, session -> session.page().evaluate(NEVER));

        Mono<Object> outcome = endless.onErrorResume(error -> Mono.just(error));
        var both = result(Mono.zip(outcome, title().repeat(3).collectList()));

        assertThat(both.getT1()).isInstanceOf(DeadlineExceededException.class);
        assertThat(both.getT2()).hasSize(4).containsOnly("Home");
        assertThat(events.all()).contains("timeout INTERRUPT").doesNotContain("timeout RECONNECT");
    }

    @Test
    void run_givenRendererKilledAfterTheLastCall_expectsPageCrashed() {
        CompletableFuture<Boolean> killed = new CompletableFuture<>();
        CompletableFuture<Boolean> loaded = new CompletableFuture<>();
        CompletableFuture<String> task = pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
                    session.page().navigate(site.url("/"));
                    loaded.complete(true);
                    killed.get(60, TimeUnit.SECONDS);
                    return "from a page that is gone";
                })
                .toFuture();
        assertThat(loaded.completeOnTimeout(false, 60, TimeUnit.SECONDS).join()).isTrue();

        Signal.renderers(pool.server()).forEach(renderer -> Signal.send("KILL", renderer.pid()));
        killed.completeOnTimeout(true, 1, TimeUnit.SECONDS);

        assertFails(task, Kind.PAGE_CRASHED);
        assertThat(result(title())).isEqualTo("Home");
    }

    private static void assertFails(CompletableFuture<?> task, Kind kind) {
        assertThatThrownBy(() -> task.get(90, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(BrowserFailureException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(kind));
    }

    private CompletableFuture<Object> blocked() {
        CompletableFuture<Boolean> loaded = new CompletableFuture<>();
        CompletableFuture<Object> task = pool.run(Duration.ofMinutes(5), ContextSpec.DEFAULT, session -> {
                    session.page().navigate(site.url("/"));
                    loaded.complete(true);
                    return session.page().evaluate(NEVER);
                })
                .toFuture();
        assertThat(loaded.completeOnTimeout(false, 60, TimeUnit.SECONDS).join()).isTrue();
        return task;
    }

    @Test
    void sever_givenBlockedTasks_expectsThemDisconnectedAndTheSameBrowserToServeTheLanesAgain() {
        LaneServer server = pool.server();
        CompletableFuture<Object> first = blocked();
        CompletableFuture<Object> second = blocked();
        events.clear();

        pool.links().forEach(this::sever);

        assertFails(first, Kind.DISCONNECTED);
        assertFails(second, Kind.DISCONNECTED);
        assertThat(Flux.merge(title(), title()).collectList().block(LIMIT)).containsExactly("Home", "Home");
        assertThat(pool.server()).isSameAs(server);
        assertThat(events.count("reconnected")).isEqualTo(2);
        assertThat(pool.links()).hasSize(2).noneMatch(Link::isClosed);
    }

    @Test
    void sever_givenIdleLanes_expectsTheNextTasksToRun() {
        assertThat(Flux.merge(title(), title()).collectList().block(LIMIT)).hasSize(2);

        pool.links().forEach(this::sever);

        assertThat(Flux.merge(title(), title()).collectList().block(LIMIT)).containsExactly("Home", "Home");
    }

    @Test
    void run_givenNodeStoppedDuringALongTask_expectsDisconnectedByTheMissingPulse() {
        CompletableFuture<Object> task = blocked();

        Signal.send("STOP", pool.server().nodePid());

        assertFails(task, Kind.DISCONNECTED);
        assertThat(result(title())).isEqualTo("Home");
        assertThat(events.all()).contains("restarted UNRESPONSIVE");
    }

    @Test
    void close_givenTasks_expectsNoProcessNoThreadAndNoFolder(@TempDir Path folder) throws Exception {
        LanePool own = LanePool.start(config(transport, folder), 2, BrowserEvents.NONE);
        CompletableFuture<Object> task = own.run(
                        DEADLINE, ContextSpec.DEFAULT, session -> session.page().evaluate(NEVER))
                .toFuture();
        await().atMost(DEADLINE).until(() -> own.links().size() == 2 && own.inUse() == 1);
        List<ProcessHandle> processes = Stream.concat(
                        Signal.tree(own.server()).stream(),
                        own.links().stream()
                                .filter(DriverLink.class::isInstance)
                                .map(link -> ((DriverLink) link).driver()))
                .toList();

        own.close();

        assertThatThrownBy(task::join).hasCauseInstanceOf(BrowserFailureException.class);
        assertThat(processes).hasSizeGreaterThan(2).noneMatch(ProcessHandle::isAlive);
        assertThat(folder.resolve("0")).doesNotExist();
        assertThat(own.links()).allMatch(Link::isClosed);
    }

    @Test
    void kill_givenWorkerKilledMidTask_expectsNoOrphan(@TempDir Path folder) throws Exception {
        Process worker = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Orphaning.class.getName(),
                        folder.toString(),
                        transport.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(worker.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(CompletableFuture.supplyAsync(() -> lineWith(out, "BLOCKED"))
                            .completeOnTimeout(false, 60, TimeUnit.SECONDS)
                            .join())
                    .isTrue();
            List<ProcessHandle> tree = worker.descendants().toList();
            assertThat(tree).hasSizeGreaterThan(2);

            worker.destroyForcibly();

            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(tree).noneMatch(ProcessHandle::isAlive));
        } finally {
            worker.destroyForcibly();
        }
    }

    private static boolean lineWith(BufferedReader lines, String word) {
        return lines.lines().anyMatch(line -> line.contains(word));
    }

    /** A worker that is to be killed while its page is busy. */
    static final class Orphaning {
        private Orphaning() {}

        public static void main(String[] arguments) throws Exception {
            BrowserConfig config = config(Transport.valueOf(arguments[1]), Path.of(arguments[0]));
            try (LanePool pool = LanePool.start(config, 1, BrowserEvents.NONE)) {
                Object never = pool.run(Duration.ofMinutes(5), ContextSpec.DEFAULT, session -> {
                            session.page().setContent("<title>busy</title>");
                            System.out.println("BLOCKED");
                            return session.page().evaluate("() => { while (true) {} }");
                        })
                        .block(Duration.ofMinutes(6));
                System.out.println("ended with " + never);
            }
        }
    }
}
