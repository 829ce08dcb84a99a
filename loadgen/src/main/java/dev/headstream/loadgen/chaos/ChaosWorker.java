package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.demo.WorkerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

/** A worker on the stage: a process that harm is done to. Confined to the play's thread. */
final class ChaosWorker {
    private final String name;
    private final WorkerProcess process;
    private final Path log;

    ChaosWorker(String name, WorkerProcess process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    OptionalInt exitCode() {
        return process.exitCode();
    }

    /** Whether it takes jobs. */
    boolean isWorking() {
        return says("taking jobs");
    }

    /** Whether it has said so. */
    boolean says(String words) {
        try {
            return Files.readString(log, StandardCharsets.UTF_8).contains(words);
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The end of what it said. */
    String lastLines() {
        return String.join("\n  ", process.lastLines(15));
    }

    /** SIGKILL, for it alone. */
    void kill() {
        process.kill();
    }

    /** SIGTERM. */
    void terminate() {
        process.terminate();
    }

    /** SIGSTOP. */
    void freeze() throws IOException, InterruptedException {
        ProcessSignal.STOP.to(pid());
    }

    /** SIGCONT. */
    void thaw() throws IOException, InterruptedException {
        ProcessSignal.CONT.to(pid());
    }

    /** Whether it has ended within a time. */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        return process.awaitEnd(patience);
    }
}
