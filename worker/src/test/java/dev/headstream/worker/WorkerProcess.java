package dev.headstream.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A worker as a process of its own, seen from outside: its output, its exit code, the processes that it starts. */
final class WorkerProcess implements AutoCloseable {
    private final Process process;
    private final Path folder;
    /** All that were ever seen below it, so that none outlives a test whatever becomes of their parents. */
    private final List<ProcessHandle> seen = new ArrayList<>();

    private WorkerProcess(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
    }

    /**
     * Starts {@code worker} with these arguments.
     *
     * @param folder empty; gets what the worker writes to standard output and standard error
     */
    static WorkerProcess start(Path folder, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerMain.class.getName(),
                "worker"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        // a worker takes all of these for settings, those of the tests among them
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("HEADSTREAM_")
                        && !name.equals("HEADSTREAM_CHROMIUM")
                        && !name.equals("HEADSTREAM_NODE"));
        Process process = builder.start();
        process.getOutputStream().close();
        return new WorkerProcess(process, folder);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it takes jobs. */
    boolean isWorking() {
        return output().contains("taking jobs");
    }

    /** What it logged. */
    String output() {
        return read(folder.resolve("out"));
    }

    /** What it wrote to standard error. */
    String errors() {
        return read(folder.resolve("err"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(" + e + ")";
        }
    }

    /** Everything below it that runs now. */
    List<ProcessHandle> tree() {
        List<ProcessHandle> tree = process.descendants().toList();
        seen.addAll(tree);
        return tree;
    }

    List<ProcessHandle> renderers() {
        return below(line -> line.contains("--type=renderer"));
    }

    /** Chromium's main process. */
    ProcessHandle browser() {
        return only(below(line -> line.contains("--remote-debugging-p") && !line.contains("--type=")));
    }

    /** The Node server. */
    ProcessHandle node() {
        return only(below(line -> line.contains("lane-server.js")));
    }

    private List<ProcessHandle> below(Predicate<String> commandLine) {
        return tree().stream()
                .filter(process -> commandLine.test(commandLine(process)))
                .toList();
    }

    private ProcessHandle only(List<ProcessHandle> found) {
        if (found.size() != 1) {
            throw new AssertionError("expected one process, not " + found + " among "
                    + tree().stream().map(WorkerProcess::commandLine).toList());
        }
        return found.get(0);
    }

    /** As the kernel has it: Java's own view of it is cut off at 4096 bytes. */
    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ');
        } catch (IOException e) {
            return ""; // it has just ended
        }
    }

    /** Whether a process runs; one that only waits to be collected by its parent does not. */
    static boolean runs(ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"), StandardCharsets.ISO_8859_1);
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }

    /** SIGTERM: asks it to drain. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL for the worker alone. */
    void kill() {
        process.destroyForcibly();
    }

    /** The exit code. */
    int awaitExit(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the worker did not end within " + atMost + "; it wrote\n" + output() + errors());
        }
        return process.exitValue();
    }

    /** Ends it with all that it has started, at once. */
    @Override
    public void close() {
        Stream<ProcessHandle> below = tree().stream();
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
        seen.forEach(ProcessHandle::destroyForcibly);
    }
}
