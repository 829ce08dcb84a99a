package dev.headstream.loadgen.demo;

import java.io.File;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One worker as a process of its own, with all that it starts. Its output goes to a file. Thread-safe.
 */
public final class WorkerProcess implements AutoCloseable {
    private static final String PORT_FILE = "management.port";
    /** When all is to end, what the worker was doing is of no use to anybody. */
    private static final Duration GRACE = Duration.ofSeconds(8);

    private static final Duration KILLED_GRACE = Duration.ofSeconds(2);

    private final Process process;
    private final Path log;
    private final Path portFile;
    private final long startedMillis;

    private WorkerProcess(Process process, Path log, Path portFile, long startedMillis) {
        this.process = process;
        this.log = log;
        this.portFile = portFile;
        this.startedMillis = startedMillis;
    }

    /**
     * What is started.
     *
     * @param command program and arguments
     * @param environment added to that of this process
     * @param workFolder the worker's own, where it writes its port
     * @param log where its output is appended
     */
    public record Start(List<String> command, Map<String, String> environment, Path workFolder, Path log) {
        public Start {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    /** Starts it. */
    public static WorkerProcess start(Start start) throws IOException {
        Path portFile = start.workFolder().resolve(PORT_FILE);
        // a worker that was killed could not take its own away
        Files.deleteIfExists(portFile);
        ProcessBuilder builder = new ProcessBuilder(start.command())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(start.log().toFile()));
        builder.environment().putAll(start.environment());
        long now = System.currentTimeMillis();
        return new WorkerProcess(builder.start(), start.log(), portFile, now);
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** When it was started, in milliseconds since the epoch. */
    public long startedMillis() {
        return startedMillis;
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** The exit code, once it has ended. */
    public OptionalInt exitCode() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /** The port that its metrics are served on, once it has said so. */
    OptionalInt managementPort() {
        try {
            return OptionalInt.of(Integer.parseInt(Files.readString(portFile).strip()));
        } catch (IOException | NumberFormatException notYet) {
            return OptionalInt.empty();
        }
    }

    /** The last lines of its output. */
    public List<String> lastLines(int count) {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            return lines.subList(Math.max(0, lines.size() - count), lines.size());
        } catch (MalformedInputException noText) {
            return List.of("(" + log + " is no text)");
        } catch (IOException unreadable) {
            return List.of("(" + log + " cannot be read: " + unreadable + ")");
        }
    }

    /** The last thing it said, without the lines of a stack trace; empty if it said nothing. */
    String lastWords() {
        List<String> lines = lastLines(100);
        for (int i = lines.size() - 1; i >= 0; i--) {
            String line = lines.get(i);
            if (!line.isBlank() && !Character.isWhitespace(line.charAt(0))) {
                return line;
            }
        }
        return "";
    }

    /** SIGKILL, for it alone: as if its machine went away, but for the browser, which ends with it. */
    public void kill() {
        process.destroyForcibly();
    }

    /** SIGTERM; returns at once. */
    public void terminate() {
        process.destroy();
    }

    /** Whether it has ended within a time. */
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Asks it to finish what it runs, and waits until it has ended or the time is over. */
    public void drain(Duration patience) throws InterruptedException {
        process.destroy();
        process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends it: SIGTERM, and soon after SIGKILL for it and whatever it has started. Returns when all are gone. */
    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        if (!ended(process.toHandle(), GRACE)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            boolean unused = ended(process.toHandle(), KILLED_GRACE);
        }
        // a worker that was killed leaves its children to nobody: the browser must not outlive it
        children.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle child : children) {
            boolean unused = ended(child, KILLED_GRACE);
        }
    }

    private static boolean ended(ProcessHandle handle, Duration patience) {
        try {
            handle.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException stays) {
            return false;
        }
    }
}
