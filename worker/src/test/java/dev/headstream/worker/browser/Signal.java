package dev.headstream.worker.browser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Sends signals to processes of a browser, and finds them. */
final class Signal {
    private Signal() {}

    static void send(String signal, long pid) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(pid)).start();
            if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new AssertionError("kill -" + signal + " " + pid + " failed");
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static List<ProcessHandle> renderers(LaneServer server) {
        return server.chromium().stream()
                .flatMap(ProcessHandle::descendants)
                .filter(process -> commandLine(process.pid()).contains("--type=renderer"))
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
        } catch (IOException e) {
            return ""; // it has just ended
        }
    }

    /** Node and everything below. */
    static List<ProcessHandle> tree(LaneServer server) {
        ProcessHandle node = ProcessHandle.of(server.nodePid()).orElseThrow();
        return Stream.concat(Stream.of(node), node.descendants()).toList();
    }
}
