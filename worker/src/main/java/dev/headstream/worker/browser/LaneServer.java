package dev.headstream.worker.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.worker.browser.BrowserStartException.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Node process that runs one Chromium behind one Playwright server on the loopback interface. It ends with this JVM,
 * however that ends: Node stops at the end of its standard input, and Chromium at the end of its pipes to Node.
 *
 * <p>Thread-safe; methods that wait say so.
 */
final class LaneServer {
    private static final Logger LOG = LoggerFactory.getLogger(LaneServer.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int KEPT_LINES = 40;
    /** Between two looks at processes that are about to end. */
    private static final Duration LOOK = Duration.ofMillis(10);

    private final Process node;
    private final WorkDirectory directory;
    private final Path folder;
    private final AtomicBoolean folderDeleted = new AtomicBoolean();
    private final long startedAt = System.nanoTime();
    private final AtomicLong tasks = new AtomicLong();
    private final CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    private final Deque<String> lastLines = new ArrayDeque<>(); // guarded by itself
    private final boolean sandboxed;
    /** Holds a random token: who knows it has the browser. */
    private volatile URI endpoint = URI.create("ws://unset");

    private volatile Optional<ProcessHandle> chromium = Optional.empty();
    private volatile long lastSeenAlive = System.nanoTime();

    private LaneServer(Process node, WorkDirectory directory, Path folder, boolean sandboxed) {
        this.node = node;
        this.directory = directory;
        this.folder = folder;
        this.sandboxed = sandboxed;
        Thread reader = new Thread(this::read, "browser-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a server and waits until its browser is up. With {@code Sandbox.AUTO} a second start without the sandbox
     * follows where Chromium says that the machine has none for it.
     *
     * @throws BrowserStartException naming what is missing or what the browser said
     */
    static LaneServer start(BrowserConfig config, WorkDirectory directory, PlaywrightCore core)
            throws InterruptedException {
        Executables executables = Executables.ofThisMachine();
        Path node = executables.node(config);
        Path chromium = executables.chromium(config);
        boolean sandboxed =
                switch (config.sandbox()) {
                    case ON -> true;
                    case OFF -> false;
                    case AUTO -> !isRoot();
                };
        LaneServer server = spawn(config, directory, core, node, chromium, sandboxed);
        try {
            return server.awaitAnswer(config, node, chromium);
        } catch (SandboxMissingException e) {
            if (config.sandbox() != BrowserConfig.Sandbox.AUTO) {
                throw new BrowserStartException(
                        Problem.LAUNCH, chromium + " found no usable sandbox: " + e.getMessage(), e);
            }
            LaneServer unconfined = spawn(config, directory, core, node, chromium, false);
            return unconfined.awaitAnswer(config, node, chromium);
        }
    }

    /** Chromium answered that it finds no sandbox. */
    private static final class SandboxMissingException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SandboxMissingException(String message) {
            super(message);
        }
    }

    private static LaneServer spawn(
            BrowserConfig config,
            WorkDirectory directory,
            PlaywrightCore core,
            Path node,
            Path chromium,
            boolean sandboxed) {
        Path folder = directory.newBrowserFolder();
        ProcessBuilder builder = new ProcessBuilder(
                node.toString(),
                "--max-semi-space-size=1",
                "--max-old-space-size=" + config.nodeHeapMegabytes(),
                directory.laneServer().toString(),
                core.folder().toString(),
                launchOptions(config, folder, chromium, sandboxed));
        builder.redirectErrorStream(true);
        confine(builder, folder);
        try {
            return new LaneServer(builder.start(), directory, folder, sandboxed);
        } catch (IOException e) {
            directory.deleteBrowserFolder(folder);
            throw new BrowserStartException(Problem.NODE, "cannot run Node.js: " + e.getMessage(), e);
        }
    }

    /** Has a Node write into that folder only, and be as it is whatever the worker's own environment says. */
    static void confine(ProcessBuilder node, Path folder) {
        Map<String, String> environment = node.directory(folder.toFile()).environment();
        environment.put("TMPDIR", folder.toString());
        // each of these changes how Node or Playwright behaves, and is meant for other programs
        List.of("NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "DEBUG", "PWDEBUG", "SELENIUM_REMOTE_URL")
                .forEach(environment::remove);
    }

    private static String launchOptions(BrowserConfig config, Path folder, Path executable, boolean sandboxed) {
        Map<String, Object> options = Map.of(
                "host",
                "127.0.0.1",
                "executablePath",
                executable.toString(),
                "headless",
                !config.headed(),
                "chromiumSandbox",
                sandboxed,
                "downloadsPath",
                WorkDirectory.downloads(folder).toString(),
                "timeout",
                config.startTimeout().toMillis(),
                "handleSIGINT",
                false,
                "handleSIGTERM",
                false,
                "handleSIGHUP",
                false,
                "args",
                ChromiumSwitches.of(config));
        try {
            return JSON.writeValueAsString(options);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("launch options cannot be written as JSON", e);
        }
    }

    private static boolean isRoot() {
        return ProcessHandle.current()
                .info()
                .user()
                .orElse(System.getProperty("user.name", ""))
                .equals("root");
    }

    private LaneServer awaitAnswer(BrowserConfig config, Path nodePath, Path executable) throws InterruptedException {
        boolean up = false;
        try {
            // Node gives up by itself at the timeout; the rest is for Node's own start
            JsonNode said = answer.get(config.startTimeout().toMillis() + 5_000, TimeUnit.MILLISECONDS);
            if (said.has("failed")) {
                throw failure(said, nodePath, executable);
            }
            endpoint = URI.create(said.path("ws").asText());
            chromium = ProcessHandle.of(said.path("pid").asLong());
            up = true;
            return this;
        } catch (ExecutionException e) {
            throw new BrowserStartException(
                    Problem.NODE,
                    nodePath + " ended before the browser was up: " + LaunchReport.usefulLines(recentOutput()),
                    e);
        } catch (TimeoutException e) {
            throw new BrowserStartException(
                    Problem.LAUNCH,
                    executable + " was not up within " + config.startTimeout().toMillis() + " ms: "
                            + LaunchReport.usefulLines(recentOutput()),
                    e);
        } finally {
            if (!up) {
                kill();
            }
        }
    }

    private static RuntimeException failure(JsonNode said, Path nodePath, Path executable) {
        String message = said.path("message").asText();
        if (said.path("failed").asText().equals("node")) {
            return new BrowserStartException(
                    Problem.NODE,
                    nodePath + " is Node.js " + message
                            + ": install version 20 or later, or name one in HEADSTREAM_NODE");
        }
        if (LaunchReport.namesSandbox(message)) {
            return new SandboxMissingException(LaunchReport.usefulLines(message));
        }
        return new BrowserStartException(
                Problem.LAUNCH, executable + " did not start: " + LaunchReport.usefulLines(message));
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!answer.isDone() && line.startsWith("{")) {
                    answer.complete(JSON.readTree(line));
                } else {
                    keep(line);
                }
            }
        } catch (IOException e) {
            keep(String.valueOf(e.getMessage()));
        }
        answer.completeExceptionally(new IOException("no answer"));
    }

    private void keep(String line) {
        LOG.atDebug().setMessage("browser output").addKeyValue("line", line).log();
        synchronized (lastLines) {
            lastLines.addLast(line);
            if (lastLines.size() > KEPT_LINES) {
                lastLines.removeFirst();
            }
        }
    }

    /** The last lines that Node or Chromium wrote. */
    String recentOutput() {
        synchronized (lastLines) {
            return String.join("\n", lastLines);
        }
    }

    URI endpoint() {
        return endpoint;
    }

    Optional<ProcessHandle> chromium() {
        return chromium;
    }

    long nodePid() {
        return node.pid();
    }

    /** Where all that belongs to this browser is written; deleted with it. */
    Path folder() {
        return folder;
    }

    boolean sandboxed() {
        return sandboxed;
    }

    boolean isAlive() {
        return node.isAlive();
    }

    /** Whether Node has ended, or ends within that time. */
    boolean endsWithin(Duration atMost) {
        try {
            return node.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !node.isAlive();
        }
    }

    /** Some lane had a context opened at this time: Node and Chromium both work. */
    void sawAlive(long nanoTime) {
        lastSeenAlive = nanoTime;
    }

    boolean seenAliveSince(long nanoTime) {
        return lastSeenAlive - nanoTime > 0;
    }

    /** A task got its context here. */
    void countTask() {
        tasks.incrementAndGet();
    }

    /** How many tasks got a context here. */
    long tasks() {
        return tasks.get();
    }

    /** How long ago it was started. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }

    /** Calls back once when Node ended, with its exit code. */
    void onExit(IntConsumer listener) {
        CompletableFuture<?> unused = node.onExit().thenAccept(process -> listener.accept(process.exitValue()));
    }

    /** Asks Node to close the browser and end; waits, kills what is left and deletes its folder. Idempotent. */
    void close() {
        List<ProcessHandle> tree = tree();
        try (OutputStream stdin = node.getOutputStream()) {
            stdin.flush();
        } catch (IOException e) {
            LOG.atDebug().setMessage("Node was gone already").setCause(e).log();
        }
        awaitEnd(List.of(node.toHandle()), Duration.ofSeconds(3));
        killAll(tree);
        deleteFolder();
    }

    /** Kills Node, Chromium and everything they started; waits until they and their folder are gone. Idempotent. */
    void kill() {
        // Chromium goes by itself when its pipes to Node end, unless it hangs: so first note who belongs to it
        List<ProcessHandle> tree = tree();
        node.destroyForcibly();
        killAll(tree);
        deleteFolder();
    }

    /** Once only: the next browser may have a folder of the same name. */
    private void deleteFolder() {
        if (folderDeleted.compareAndSet(false, true)) {
            directory.deleteBrowserFolder(folder);
        }
    }

    private List<ProcessHandle> tree() {
        return Stream.of(
                        Stream.of(node.toHandle()),
                        node.descendants(),
                        chromium.stream(),
                        chromium.stream().flatMap(ProcessHandle::descendants))
                .flatMap(processes -> processes)
                .distinct()
                .toList();
    }

    /** A handle knows when its process was started, so a reused pid is never hit. */
    private static void killAll(List<ProcessHandle> processes) {
        processes.forEach(ProcessHandle::destroyForcibly);
        awaitEnd(processes, Duration.ofSeconds(2));
    }

    /** Looks for itself: {@code onExit} of what is no child of this process answers up to seconds late. */
    static void awaitEnd(List<ProcessHandle> processes, Duration atMost) {
        long until = System.nanoTime() + atMost.toNanos();
        try {
            while (processes.stream().anyMatch(ProcessHandle::isAlive)) {
                if (System.nanoTime() - until > 0) {
                    warnOfLiving(processes);
                    return;
                }
                TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void warnOfLiving(List<ProcessHandle> processes) {
        List<Long> left = processes.stream()
                .filter(ProcessHandle::isAlive)
                .map(ProcessHandle::pid)
                .toList();
        LOG.atWarn()
                .setMessage("processes of the browser do not end")
                .addKeyValue("pids", left)
                .log();
    }
}
