package dev.headstream.loadgen.bench.kills;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the parts of one worker and kills them. Never anything that does not descend from that worker. */
final class Victims {
    private static final Pattern CONNECTION =
            Pattern.compile("\\S+\\s+\\S+\\s+\\S*:(?<local>\\d+)\\s+\\S*:(?<peer>\\d+)\\s.*pid=(?<pid>\\d+),.*");

    private final long worker;
    private final Random random;

    private record Connection(int local, int peer, long pid) {}

    Victims(long worker, Random random) {
        this.worker = worker;
        this.random = random;
    }

    /** Whether connections can be killed on this machine: it takes root, {@code ss} and a kernel that does it. */
    static boolean canKillConnections() {
        try {
            Process tool = new ProcessBuilder("ss", "-K", "-tnH", "sport", "=", ":1")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return tool.waitFor(5, TimeUnit.SECONDS) && tool.exitValue() == 0 && said.isBlank();
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Kills one.
     *
     * @return false if there is none at this moment
     */
    boolean kill(Fault fault) throws IOException, InterruptedException {
        return switch (fault) {
            case RENDERER -> kill(line -> line.contains("--type=renderer"));
            case CHROMIUM -> kill(line -> line.contains("--remote-debugging-pipe") && !line.contains("--type="));
            case NODE -> kill(Victims::isNode);
            case SOCKET -> cutConnection();
        };
    }

    private static boolean isNode(String commandLine) {
        String program = commandLine.split("\\u0000", 2)[0];
        return program.endsWith("node") && commandLine.contains("lane-server.js");
    }

    private boolean kill(Predicate<String> wanted) {
        List<ProcessHandle> found = processes(wanted);
        return !found.isEmpty() && found.get(random.nextInt(found.size())).destroyForcibly();
    }

    private List<ProcessHandle> processes(Predicate<String> wanted) {
        return ProcessHandle.of(worker).stream()
                .flatMap(ProcessHandle::descendants)
                .filter(process -> wanted.test(commandLine(process.pid())))
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it has just ended
        }
    }

    private boolean cutConnection() throws IOException, InterruptedException {
        List<Connection> all = connections();
        Optional<Long> node =
                processes(Victims::isNode).stream().map(ProcessHandle::pid).findFirst();
        List<Connection> lanes = all.stream()
                .filter(connection -> connection.pid() == worker)
                .filter(connection -> all.stream()
                        .anyMatch(
                                other -> node.filter(pid -> pid == other.pid()).isPresent()
                                        && other.local() == connection.peer()
                                        && other.peer() == connection.local()))
                .toList();
        if (lanes.isEmpty()) {
            return false;
        }
        Connection lane = lanes.get(random.nextInt(lanes.size()));
        String cut = run("ss", "-K", "-tnH", "sport", "=", ":" + lane.local(), "and", "dport", "=", ":" + lane.peer());
        return !cut.isBlank();
    }

    private static List<Connection> connections() throws IOException, InterruptedException {
        return run("ss", "-tnpH", "state", "established")
                .lines()
                .map(CONNECTION::matcher)
                .filter(Matcher::matches)
                .map(line -> new Connection(
                        Integer.parseInt(line.group("local")),
                        Integer.parseInt(line.group("peer")),
                        Long.parseLong(line.group("pid"))))
                .toList();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!tool.waitFor(5, TimeUnit.SECONDS) || tool.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + said.strip());
        }
        return said;
    }
}
