package dev.headstream.loadgen.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One run of one design: starts its process, watches the process tree while it works, reads its report. Confined to the
 * thread that calls {@link #run}, but for {@link #stop}.
 */
final class Arm {
    private static final Duration CPU_INTERVAL = Duration.ofMillis(100);
    private static final int MEMORY_EVERY = 10;
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration JOB_LIMIT = Duration.ofSeconds(30);
    private static final Duration END_LIMIT = Duration.ofSeconds(20);
    private static final Duration LEFTOVER_LIMIT = Duration.ofSeconds(3);
    private static final int LOG_TAIL = 12;

    private final Process process;
    private final Path report;
    private final Path log;
    private final ProcessTree tree;

    /**
     * What is to be run.
     *
     * @param name of its log
     * @param command the process; it works on {@code jobs} jobs, writes {@code report} and ends
     * @param folder for its temporary files and its log, emptied by the caller
     */
    record Task(
            String name,
            List<String> command,
            Map<String, String> environment,
            Path folder,
            Path report,
            int jobs,
            int lanes) {
        Task {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    /** The arm's work as the site sees it. */
    interface Work {
        /** Whether the first job is about to begin or has begun: what was used before is the price of starting up. */
        boolean hasBegun();

        /** How many jobs have opened the page. */
        long openedPages();

        /** True once, when the process has no more to do and does not know it; asked several times a second. */
        default boolean isOver() throws IOException {
            return false;
        }
    }

    /** Told now and then while the arm works. */
    @FunctionalInterface
    interface Progress {
        void at(long openedPages);
    }

    /** What was measured. */
    record Measurement(RunReport report, double cpuSecondsPerJob, long pssPeakBytes) {}

    private Arm(Process process, Task task, Path log) {
        this.process = process;
        this.report = task.report();
        this.log = log;
        this.tree = new ProcessTree(process.pid());
    }

    static Arm start(Task task) throws IOException {
        Path log = task.folder().resolve(task.name() + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(task.command()).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(task.environment());
        Files.deleteIfExists(task.report());
        return new Arm(builder.start(), task, log);
    }

    /**
     * Watches until the process has ended.
     *
     * @throws IOException if it failed or took too long, with the end of what it said
     */
    Measurement run(Task task, Work work, Progress progress) throws IOException, InterruptedException {
        long deadline = System.nanoTime()
                + START_LIMIT
                        .plus(JOB_LIMIT.multipliedBy(1 + task.jobs() / task.lanes()))
                        .toNanos();
        double cpuBefore = 0;
        long peak = 0;
        for (int i = 0; !process.waitFor(CPU_INTERVAL.toMillis(), TimeUnit.MILLISECONDS); i++) {
            tree.refresh();
            if (work.isOver()) {
                process.destroy();
            }
            if (!work.hasBegun()) {
                cpuBefore = tree.cpuSeconds();
            }
            if (i % MEMORY_EVERY == 0) {
                peak = Math.max(peak, tree.pssBytes());
                progress.at(work.openedPages());
            }
            if (System.nanoTime() > deadline) {
                throw failed("did not end in time");
            }
        }
        endLeftovers();
        if (process.exitValue() != 0 || !Files.exists(report)) {
            throw failed("ended with exit code " + process.exitValue()
                    + (Files.exists(report) ? "" : " and without a report"));
        }
        RunReport read = RunReport.read(report);
        double used = tree.cpuSeconds() - cpuBefore;
        return new Measurement(read, used / Math.max(1, read.jobs()), peak);
    }

    /** A browser that outlives its process would be in the way of the next arm. */
    private void endLeftovers() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LEFTOVER_LIMIT.toNanos();
        tree.refresh();
        while (!tree.living().isEmpty() && System.nanoTime() < deadline) {
            TimeUnit.NANOSECONDS.sleep(CPU_INTERVAL.toNanos());
            tree.refresh();
        }
        for (long pid : tree.living()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** Ends the process and all that it started, gently at first. May be called from any thread and more than once. */
    void stop() {
        List<ProcessHandle> all =
                new ArrayList<>(process.toHandle().descendants().toList());
        all.add(process.toHandle());
        if (all.stream().noneMatch(ProcessHandle::isAlive)) {
            return;
        }
        process.destroy();
        try {
            if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                all.addAll(process.toHandle().descendants().toList());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
    }

    private IOException failed(String what) {
        return new IOException(what + tail());
    }

    private String tail() {
        try {
            List<String> lines = Files.readAllLines(log).stream()
                    .filter(line -> !line.startsWith("\tat ") && !line.isBlank())
                    .toList();
            return lines.isEmpty()
                    ? ", silently"
                    : ":\n  " + String.join("\n  ", lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The environment of every arm: what it needs, and temporary files where the bench removes them. */
    static Map<String, String> environment(Workplace workplace, Path folder) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PLAYWRIGHT_NODEJS_PATH", workplace.node().toString());
        environment.put("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        environment.put("HEADSTREAM_CHROMIUM", workplace.chromium().toString());
        environment.put("HEADSTREAM_BUILD", "skip");
        environment.put("HEADSTREAM_SETUP", "skip");
        environment.put("TMPDIR", folder.toString());
        return environment;
    }
}
