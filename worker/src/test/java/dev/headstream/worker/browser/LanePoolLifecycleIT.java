package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.headstream.worker.browser.BrowserFailureException.Kind;
import dev.headstream.worker.browser.BrowserStartException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting, ending and what is left behind. */
final class LanePoolLifecycleIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @Test
    void close_givenTasksInEveryState_expectsNoProcessNoThreadAndNoFolder(@TempDir Path folder) throws Exception {
        LanePool pool = LanePool.start(BrowserConfig.defaults().withWorkDirectory(folder), 2, BrowserEvents.NONE);
        List<CompletableFuture<Object>> tasks = Stream.generate(
                        () -> pool.<Object>run(DEADLINE, ContextSpec.DEFAULT, session -> session.page()
                                        .evaluate("() => new Promise(() => {})"))
                                .toFuture())
                .limit(4)
                .toList();
        await().atMost(DEADLINE).until(() -> pool.inUse() == 2);
        List<ProcessHandle> processes = Signal.tree(pool.server());

        pool.close();

        assertThat(tasks)
                .allSatisfy(task -> assertThatThrownBy(task::join).hasCauseInstanceOf(BrowserFailureException.class));
        assertThat(processes).hasSizeGreaterThan(2).noneMatch(ProcessHandle::isAlive);
        assertThat(folder.resolve("0")).doesNotExist();
        await().atMost(DEADLINE)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("lane-") || name.startsWith("browser-")));
        assertThatThrownBy(() ->
                        pool.run(DEADLINE, ContextSpec.DEFAULT, session -> 1).block(DEADLINE))
                .isInstanceOfSatisfying(BrowserFailureException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(Kind.DISCONNECTED));
    }

    @Test
    void close_givenTaskThatIgnoresInterrupts_expectsItsSubscriberToldAllTheSame(@TempDir Path folder)
            throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        LanePool pool = LanePool.start(BrowserConfig.defaults().withWorkDirectory(folder), 1, BrowserEvents.NONE);
        CompletableFuture<Boolean> deaf = pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
                    while (!stop.get()) {
                        Thread.onSpinWait();
                    }
                    return true;
                })
                .toFuture();
        await().atMost(DEADLINE).until(() -> pool.snapshot().get(0).state() == LaneSnapshot.State.RUNNING);

        pool.close();

        assertThatThrownBy(() -> deaf.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(BrowserFailureException.class);
        stop.set(true);
    }

    @Test
    void start_givenTwoPoolsInOneDirectory_expectsASlotForEach(@TempDir Path folder) throws Exception {
        BrowserConfig config = BrowserConfig.defaults().withWorkDirectory(folder);
        Path leftover = Files.createDirectories(folder.resolve("0/tmp")).resolve("leftover");
        Files.writeString(leftover, "of a worker that was killed");

        try (LanePool first = LanePool.start(config, 1, BrowserEvents.NONE);
                LanePool second = LanePool.start(config, 1, BrowserEvents.NONE)) {
            assertThat(leftover).doesNotExist();
            assertThat(folder.resolve("0")).isDirectory();
            assertThat(folder.resolve("1")).isDirectory();
            assertThat(first.state()).isEqualTo(BrowserState.RUNNING);
            assertThat(second.state()).isEqualTo(BrowserState.RUNNING);
        }
    }

    @Test
    void start_givenHostsThatAreAllowed_expectsNoOtherToResolve(@TempDir Path folder) throws Exception {
        BrowserConfig config =
                BrowserConfig.defaults().withWorkDirectory(folder).withAllowedHosts(List.of("127.0.0.1"));

        try (TestSite site = new TestSite();
                LanePool pool = LanePool.start(config, 1, BrowserEvents.NONE)) {
            String title = pool.run(DEADLINE, ContextSpec.DEFAULT, session -> {
                        session.page().navigate(site.url("/"));
                        return session.page().title();
                    })
                    .block(DEADLINE);
            assertThat(title).isEqualTo("Home");
            assertThatThrownBy(() -> pool.run(DEADLINE, ContextSpec.DEFAULT, session -> session.page()
                                    .navigate(site.url("/").replace("127.0.0.1", "localhost")))
                            .block(DEADLINE))
                    .hasMessageContaining("ERR_NAME_NOT_RESOLVED");
        }
    }

    @Test
    void start_givenNoSuchChromium_expectsItNamed(@TempDir Path folder) {
        BrowserConfig config =
                BrowserConfig.defaults().withWorkDirectory(folder).withExecutable(Path.of("/no/such/chromium"));

        assertThatThrownBy(() -> LanePool.start(config, 1, BrowserEvents.NONE))
                .isInstanceOfSatisfying(BrowserStartException.class, failure -> assertThat(failure.problem())
                        .isEqualTo(Problem.CHROMIUM))
                .hasMessageContaining("/no/such/chromium");
        assertThat(folder.resolve("0")).doesNotExist();
    }

    @Test
    void start_givenChromiumThatCannotLoad_expectsItsComplaint(@TempDir Path folder) throws IOException {
        Path broken = script(folder, "echo 'error while loading shared libraries: libnss3.so' >&2; exit 127");
        BrowserConfig config =
                BrowserConfig.defaults().withWorkDirectory(folder).withExecutable(broken);

        assertThatThrownBy(() -> LanePool.start(config, 1, BrowserEvents.NONE))
                .isInstanceOfSatisfying(BrowserStartException.class, failure -> assertThat(failure.problem())
                        .isEqualTo(Problem.LAUNCH))
                .hasMessageContaining("error while loading shared libraries: libnss3.so");
    }

    @Test
    void start_givenMachineWithoutSandbox_expectsOneOnlyIfItIsDemanded(@TempDir Path folder) throws Exception {
        Path real = Executables.ofThisMachine().chromium(BrowserConfig.defaults());
        Path picky = script(
                folder,
                "case \"$*\" in *--no-sandbox*) exec " + real
                        + " \"$@\";; esac; echo 'No usable sandbox!' >&2; exit 1");
        BrowserConfig config =
                BrowserConfig.defaults().withWorkDirectory(folder).withExecutable(picky);

        assertThatThrownBy(() -> LanePool.start(config.withSandbox(BrowserConfig.Sandbox.ON), 1, BrowserEvents.NONE))
                .isInstanceOf(BrowserStartException.class)
                .hasMessageContaining("no usable sandbox");
        try (LanePool pool = LanePool.start(config.withSandbox(BrowserConfig.Sandbox.AUTO), 1, BrowserEvents.NONE)) {
            assertThat(pool.server().sandboxed()).isFalse();
        }
    }

    @Test
    void start_givenNodeThatIsNoNode_expectsItNamed(@TempDir Path folder) throws IOException {
        Path other = script(folder, "echo 'I am no Node, error'; exit 1");
        BrowserConfig config =
                BrowserConfig.defaults().withWorkDirectory(folder).withNode(other);

        assertThatThrownBy(() -> LanePool.start(config, 1, BrowserEvents.NONE))
                .isInstanceOfSatisfying(BrowserStartException.class, failure -> assertThat(failure.problem())
                        .isEqualTo(Problem.NODE))
                .hasMessageContaining(other.toString())
                .hasMessageContaining("I am no Node");
    }

    private static Path script(Path folder, String body) throws IOException {
        Path file = folder.resolve("script-" + System.nanoTime());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file;
    }
}
