package dev.headstream.loadgen.chaos;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A broker that can be killed and started again over the same data, at the same address. Confined to the play's thread. */
final class BrokerProcess implements AutoCloseable {
    private final Path directory;
    private final File log;
    private Process process;
    private String bootstrap;

    private BrokerProcess(Path directory, File log) throws IOException {
        this.directory = directory;
        this.log = log;
        this.process = launch(directory, log);
        this.bootstrap = address(process, log);
    }

    /** Starts it; returns when it serves. */
    static BrokerProcess start(Path directory, Path log) throws IOException {
        return new BrokerProcess(directory, log.toFile());
    }

    private static Process launch(Path directory, File log) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-Dlogback.configurationFile=headstream-cli-logback.xml",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerMain.class.getName(),
                        directory.toString()))
                .redirectError(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    private static String address(Process process, File log) throws IOException {
        // its output is this one line
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        if (line == null) {
            throw new IOException("a broker as a process of its own did not start; it says why in " + log);
        }
        return line;
    }

    /** Where it is reached. */
    String bootstrap() {
        return bootstrap;
    }

    /** SIGKILL: nothing is flushed, nobody is told. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts it where it was. */
    void startAgain() throws IOException {
        process = launch(directory, log);
        String again = address(process, log);
        if (!again.equals(bootstrap)) {
            throw new IOException("the broker was at " + bootstrap + " and came back at " + again);
        }
        bootstrap = again;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            kill();
        }
    }
}
