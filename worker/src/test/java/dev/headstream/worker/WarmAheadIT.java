package dev.headstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.headstream.pipeline.Job;
import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.v1.JobRequested;
import dev.headstream.worker.artifact.DirectoryArtifactStore;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.ContextSpec;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.capacity.StepSlowdown;
import dev.headstream.worker.flow.FlowCatalog;
import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.run.FlowRunner;
import dev.headstream.worker.secret.SecretReferences;
import dev.headstream.worker.warm.WarmEvents.Result;
import dev.headstream.worker.warm.WarmSessions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** Logins ahead of need in a real browser: that jobs are spared theirs, and that no job waits for one of another key. */
final class WarmAheadIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    static HttpServer site;
    static ExecutorService threads = Executors.newCachedThreadPool();
    static final AtomicInteger logins = new AtomicInteger();
    static final AtomicInteger atATime = new AtomicInteger();
    static volatile CountDownLatch held = new CountDownLatch(0);
    static LanePool pool;
    static Path folder;
    private static int accounts;

    private final List<Result> results = new CopyOnWriteArrayList<>();
    private final String account = "account-" + ++accounts;
    private WarmSessions sessions;
    private BrowserJobHandler handler;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        folder = directory;
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.setExecutor(threads);
        site.createContext("/login", WarmAheadIT::logIn);
        site.createContext("/", exchange -> respond(exchange, "<h1>Hello</h1>"));
        site.start();
        pool = LanePool.start(
                BrowserConfig.defaults().withWorkDirectory(directory.resolve("b")), 1, BrowserEvents.NONE);
    }

    private static void logIn(HttpExchange exchange) throws IOException {
        int now = atATime.incrementAndGet();
        try {
            logins.incrementAndGet();
            assertThat(held.await(30, TimeUnit.SECONDS)).isTrue();
            respond(exchange, "<h1>In, one of " + now + "</h1>");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            atATime.decrementAndGet();
        }
    }

    private static void respond(HttpExchange exchange, String body) throws IOException {
        byte[] page = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "text/html");
        exchange.sendResponseHeaders(200, page.length);
        exchange.getResponseBody().write(page);
        exchange.close();
    }

    @AfterAll
    static void stop() {
        pool.close();
        site.stop(0);
        threads.shutdownNow();
    }

    @BeforeEach
    void another() {
        var flow = FlowFiles.parse(
                "portal.yaml",
                """
                flow: portal
                version: 1
                site: "http://127.0.0.1:%d"
                allowedHosts: [127.0.0.1]
                inputs: {account: string}
                outputs: {said: string}
                session: {key: "${inputs.account}", maxUses: 2, login: login, warm: 1}
                steps:
                  - name: login
                    effect: idempotent
                    do: [{navigate: "/login?${inputs.account}"}, {extract: {said: h1}}]
                  - name: look
                    effect: read
                    do: [{navigate: /}]
                """
                        .formatted(site.getAddress().getPort()));
        FlowRunner runner = FlowRunner.of(
                new SecretReferences(Map.of(), null), new DirectoryArtifactStore(folder.resolve("a"), 1_000_000));
        sessions = new WarmSessions(
                new LaneLogins(pool, 1, runner, LIMIT, Clock.systemUTC()),
                (name, result) -> results.add(result),
                System::nanoTime);
        handler = new BrowserJobHandler(
                pool,
                1,
                FlowCatalog.of(List.of(flow)),
                runner,
                new StepSlowdown(),
                LIMIT,
                Optional.of(sessions),
                Clock.systemUTC());
        logins.set(0);
        held = new CountDownLatch(0);
    }

    @AfterEach
    void end() {
        held.countDown();
        sessions.close();
        await().atMost(LIMIT).until(() -> pool.inUse() == 0);
    }

    private Mono<Outcome> job() {
        JobRequested request = new JobRequested(
                "job-1", "portal", Map.of("account", account), null, null, 1, Map.of(), Instant.EPOCH, false);
        return handler.handle(
                new Job("job-1", null, request, new Job.Position("jobs", 0, 0, 0), 1, null, JobProgress.inMemory()));
    }

    private String run() {
        return steps(Objects.requireNonNull(job().block(LIMIT)));
    }

    private static String steps(Outcome outcome) {
        return outcome instanceof Outcome.Succeeded succeeded
                ? succeeded.trace().steps().get(0).getOutcome() + " " + succeeded.outputJson()
                : outcome.toString();
    }

    /** Two jobs use the session up. */
    private void useUp() {
        assertThat(run()).startsWith("RAN");
        assertThat(run()).startsWith("SKIPPED");
        await().atMost(LIMIT).until(() -> pool.inUse() == 0);
    }

    /** And a login for the next one begins, which the portal does not answer yet. */
    private void useUpAndHold() {
        useUp();
        held = new CountDownLatch(1);
        sessions.look(flow -> true);
        await().atMost(LIMIT).until(() -> logins.get() == 2);
    }

    @Test
    void look_givenASessionThatIsUsedUp_expectsTheNextJobSparedItsLogin() {
        useUp();
        sessions.look(flow -> true);
        await().atMost(LIMIT).untilAsserted(() -> assertThat(results).containsExactly(Result.MADE));

        assertThat(run()).isEqualTo("SKIPPED {\"said\":\"In, one of 1\"}");
        assertThat(logins).hasValue(2);
    }

    @Test
    void run_givenALoginAheadUnderWay_expectsAJobOfAnotherKeyNotToWaitForIt() {
        useUpAndHold();

        Boolean ran = pool.run(LIMIT, ContextSpec.DEFAULT, session -> session.page()
                        .url()
                        .equals("about:blank"))
                .block(Duration.ofSeconds(15));

        assertThat(ran).isTrue();
        await().atMost(LIMIT).untilAsserted(() -> assertThat(results).containsExactly(Result.INTERRUPTED));
    }

    @Test
    void run_givenALoginAheadOfItsKeyUnderWay_expectsTheJobToWaitAndBeSparedASecond() {
        useUpAndHold();
        var waiting = job().toFuture();
        assertThat(waiting).isNotDone();

        held.countDown();

        assertThat(steps(waiting.orTimeout(30, TimeUnit.SECONDS).join()))
                .isEqualTo("SKIPPED {\"said\":\"In, one of 1\"}");
        assertThat(logins).hasValue(2);
    }

    @Test
    void look_givenABusyPool_expectsNoLogin() {
        useUp();
        CountDownLatch busy = new CountDownLatch(1);
        var task = pool.run(LIMIT, ContextSpec.DEFAULT, session -> busy.await(30, TimeUnit.SECONDS))
                .toFuture();
        await().atMost(LIMIT).until(() -> pool.inUse() == 1);

        sessions.look(flow -> true);
        busy.countDown();

        assertThat(task.orTimeout(30, TimeUnit.SECONDS).join()).isTrue();
        assertThat(results).isEmpty();
        assertThat(logins).hasValue(1);
    }
}
