package dev.headstream.loadgen.bench.pipeline;

import dev.headstream.loadgen.bench.ProcessTree;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The process of a contender. Confined to one thread but for {@link #close}. */
final class ContenderProcess implements AutoCloseable {
    /** As the launcher starts a worker, so that the JVM of every contender is the same. */
    static final List<String> JVM = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xms24m",
            "-Xmx256m",
            "-XX:MinHeapFreeRatio=10",
            "-XX:MaxHeapFreeRatio=30",
            "-Xshare:auto");

    private static final Duration END_LIMIT = Duration.ofSeconds(20);
    private static final int LOG_TAIL = 12;

    private final Process process;
    private final Path log;
    private final Path gcLog;
    private final ProcessTree tree;

    private ContenderProcess(Process process, Path log, Path gcLog) {
        this.process = process;
        this.log = log;
        this.gcLog = gcLog;
        this.tree = new ProcessTree(process.pid());
    }

    /** Starts a peer. */
    static ContenderProcess peer(PeerMain.Settings settings, Path folder) throws IOException {
        Path gcLog = folder.resolve("gc.log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.add(gcLogging(gcLog));
        command.add("-Dlogback.configurationFile=headstream-cli-logback.xml");
        command.addAll(List.of("-cp", classPath(settings.contender()), PeerMain.class.getName()));
        command.addAll(settings.arguments());
        return start(command, Map.of(), folder, gcLog);
    }

    /**
     * Ours, but where a peer calls what newer clients of Kafka have no more: there the older ones come first.
     *
     * @throws IOException if those are not there
     */
    private static String classPath(Contender contender) throws IOException {
        String ours = System.getProperty("java.class.path");
        if (!contender.needsOlderClients()) {
            return ours;
        }
        Path jar = Path.of(ours.split(File.pathSeparator, -1)[0]);
        Path older = jar.resolveSibling("peers");
        if (!Files.isDirectory(older)) {
            throw new IOException("needs clients of Kafka 3.9 in " + older + ": build with 'mvn package'");
        }
        return older + File.separator + "*" + File.pathSeparator + ours;
    }

    /** Starts a worker without a browser. */
    static ContenderProcess worker(Path launcher, Map<String, String> settings, Path folder) throws IOException {
        Path gcLog = folder.resolve("gc.log");
        List<String> command = new ArrayList<>(List.of(launcher.toString(), "worker", "--rehearse"));
        settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("HEADSTREAM_BUILD", "skip");
        environment.put("HEADSTREAM_SETUP", "skip");
        environment.put("HEADSTREAM_JAVA_OPTS", gcLogging(gcLog));
        return start(command, environment, folder, gcLog);
    }

    private static String gcLogging(Path file) {
        return "-Xlog:gc:file=" + file + ":uptime";
    }

    private static ContenderProcess start(
            List<String> command, Map<String, String> environment, Path folder, Path gcLog) throws IOException {
        Path log = folder.resolve("output.log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new ContenderProcess(builder.start(), log, gcLog);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Processor seconds that it has used so far. */
    double cpuSeconds() throws IOException {
        tree.refresh();
        return tree.cpuSeconds();
    }

    /** Proportional set size of the process. */
    long pssBytes() throws IOException {
        tree.refresh();
        return tree.pssBytes();
    }

    /** What its heap was at each collection so far. */
    HeapLog heap() throws IOException {
        return HeapLog.read(gcLog);
    }

    /** Lets it stand still while its work is laid out: everything is there when it begins. */
    void hold() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** Lets it go on. */
    void release() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("could not send SIG" + name + tail());
        }
    }

    /** The end of what it said, for messages. */
    String tail() {
        try {
            List<String> lines = Files.readAllLines(log).stream()
                    .filter(line -> !line.startsWith("\tat ") && !line.isBlank())
                    .toList();
            return lines.isEmpty()
                    ? ", silently"
                    : ":\n  " + String.join("\n  ", lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size()));
        } catch (IOException e) {
            return " (its output cannot be read: " + e + ")";
        }
    }

    /** Ends it, gently at first. May be called from any thread and more than once. */
    @Override
    public void close() {
        process.destroy();
        try {
            // a process that stands still would not see the signal
            if (process.isAlive()) {
                release();
            }
            if (process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (IOException e) {
            // it has ended meanwhile, or is ended below
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
