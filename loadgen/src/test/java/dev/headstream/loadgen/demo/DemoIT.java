package dev.headstream.loadgen.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.loadgen.command.HeadstreamCommand;
import dev.headstream.loadgen.console.Output;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo with a worker that has no browser: what the demo itself has to do is the same. */
@Timeout(300)
final class DemoIT {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void run_givenWorkerThatCrashesAndThenAJobThatFails_expectsPassedAndThenNotPassedOnTheSameStack() throws Exception {
        Path flows = Files.createDirectory(folder.resolve("flows"));
        Files.createFile(flows.resolve("crash-once"));
        Output first = Output.plain();

        assertThat(new Demo(options(flows, "first.json"), first.terminal()).run())
                .as(first.text())
                .isZero();

        JsonNode figures = json("first.json");
        assertThat(figures.path("jobs").asInt()).isEqualTo(30);
        assertThat(figures.path("results").asInt()).isEqualTo(30);
        assertThat(figures.path("duplicates").asInt()).isZero();
        assertThat(figures.path("workerRestarts").asInt()).isEqualTo(1);
        assertThat(figures.path("pssPeakBytes").asLong()).isEqualTo(325_000_000);
        assertThat(first.text()).contains("PASSED", "starting it again");

        Files.writeString(flows.resolve("fail-one"), "7");
        Output second = Output.plain();

        assertThat(new Demo(options(flows, "second.json"), second.terminal()).run())
                .as(second.text())
                .isEqualTo(1);

        assertThat(json("second.json").path("failed").asInt()).isEqualTo(1);
        assertThat(json("second.json").path("results").asInt()).isEqualTo(30);
        assertThat(second.text()).contains("NOT PASSED", "-7  FAILED  ACTION_TIMEOUT");
        assertThat(livingWorkers()).isEmpty();
    }

    @Test
    void demo_givenSigtermWhileJobsRun_expectsNoProcessAndNoFolderLeft() throws Exception {
        Path launcher = folder.resolve("headstream");
        Files.writeString(launcher, "#!/bin/sh\nexec " + String.join(" ", workerCommand()) + "\n");
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        Files.createDirectory(folder.resolve("flows"));
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Process demo = new ProcessBuilder(
                        JAVA.toString(),
                        "-XX:+UseSerialGC",
                        "-Djava.io.tmpdir=" + temporary,
                        "-Dheadstream.launcher=" + launcher,
                        "-cp",
                        System.getProperty("java.class.path"),
                        HeadstreamCommand.class.getName(),
                        "demo",
                        "--jobs",
                        "100000")
                .redirectErrorStream(true)
                .start();
        BufferedReader said = demo.inputReader(StandardCharsets.UTF_8);
        String line = said.readLine();
        while (line != null && !line.startsWith("Jobs")) {
            line = said.readLine();
        }
        List<ProcessHandle> children = demo.descendants().toList();
        assertThat(children).isNotEmpty();

        demo.toHandle().destroy();

        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isEqualTo(143);
        assertThat(children).noneMatch(ProcessHandle::isAlive);
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("headstream")))
                    .isEmpty();
        }
    }

    private DemoOptions options(Path flows, String json) {
        return new DemoOptions(
                30, 4, 2, folder.resolve(json), folder.resolve("data"), workerCommand(), flows, Duration.ofSeconds(90));
    }

    private static List<String> workerCommand() {
        return List.of(
                JAVA.toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                FakeWorker.class.getName());
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(folder.resolve(name).toFile());
    }

    private static List<ProcessHandle> livingWorkers() {
        return ProcessHandle.current()
                .descendants()
                .filter(ProcessHandle::isAlive)
                .toList();
    }
}
