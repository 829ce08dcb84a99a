package dev.headstream.loadgen.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scripts in {@code deploy}, run as a person runs them; the jars are there because this is an integration test. */
@Timeout(120)
final class LauncherIT {
    private static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();

    @Test
    void headstream_givenChainOfLinksFromAnotherFolder_expectsVersion(@TempDir Path folder) throws Exception {
        Path first = Files.createSymbolicLink(folder.resolve("first"), DEPLOY.resolve("headstream"));
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("headstream"), bin.relativize(first));

        Ended ended = run(folder, Map.of(), "bin/headstream", "--version");

        assertThat(ended.exitCode()).as(ended.text()).isZero();
        assertThat(ended.text()).matches("(?s)headstream \\d+\\.\\d+\\.\\d+\\S*\nJava .*");
    }

    @Test
    void headstream_givenUnknownCommand_expectsTheExitCodeOfTheProgram(@TempDir Path folder) throws Exception {
        Ended ended = run(folder, Map.of(), DEPLOY.resolve("headstream").toString(), "nonsense");

        assertThat(ended.exitCode()).isEqualTo(64);
        assertThat(ended.text()).contains("'nonsense'", "headstream --help");
    }

    @Test
    void headstream_givenJavaTooOld_expectsOneLineAnd69(@TempDir Path folder) throws Exception {
        script(folder.resolve("bin/java"), "echo 'openjdk version \"11.0.20\" 2023-07-18' >&2");

        Ended ended = run(
                folder,
                Map.of("JAVA_HOME", folder.toString()),
                DEPLOY.resolve("headstream").toString(),
                "--version");

        assertThat(ended.exitCode()).isEqualTo(69);
        assertThat(ended.text())
                .contains("is Java 11.0.20: install a JDK 17 or later")
                .hasLineCount(1);
    }

    @Test
    void setup_givenNodeAndChromium_expectsThemFoundAndNothingFetched(@TempDir Path folder) throws Exception {
        script(folder.resolve("bin/node"), "echo v22.1.0");
        script(folder.resolve("bin/chromium-headless-shell"), "exit 1");

        Ended ended = run(folder, onPath(folder), DEPLOY.resolve("setup").toString());

        assertThat(ended.exitCode()).as(ended.text()).isZero();
        assertThat(ended.text())
                .contains("node      " + folder.resolve("bin/node") + " (v22.1.0)")
                .contains("chromium  " + folder.resolve("bin/chromium-headless-shell"));
        assertThat(folder.resolve("cache")).doesNotExist();
    }

    @Test
    void setup_givenOldNodeAndNoNetwork_expectsOneLineAnd69(@TempDir Path folder) throws Exception {
        script(folder.resolve("bin/node"), "echo v18.19.0");
        script(folder.resolve("bin/nodejs"), "echo v18.19.0");

        Ended ended = run(folder, onPath(folder), DEPLOY.resolve("setup").toString(), "--env");

        assertThat(ended.exitCode()).isEqualTo(69);
        assertThat(ended.text()).contains("Node 20 is missing").hasLineCount(1);
    }

    @Test
    void setup_givenFetchedNodeOnly_expectsItBeforeThePath(@TempDir Path folder) throws Exception {
        script(folder.resolve("bin/node"), "echo v18.19.0");
        script(folder.resolve("bin/nodejs"), "echo v18.19.0");
        script(folder.resolve("bin/chromium"), "exit 1");
        script(folder.resolve("cache/bin/node"), "echo v24.1.0");

        Ended ended = run(folder, onPath(folder), DEPLOY.resolve("setup").toString(), "--env");

        assertThat(ended.exitCode()).as(ended.text()).isZero();
        assertThat(ended.text()).startsWith("PATH='" + folder.resolve("cache/bin") + "':\"$PATH\"");
    }

    private static Map<String, String> onPath(Path folder) {
        return Map.of(
                "PATH", folder.resolve("bin") + ":" + System.getenv("PATH"),
                "HEADSTREAM_CACHE", folder.resolve("cache").toString(),
                "HEADSTREAM_OFFLINE", "1",
                "PLAYWRIGHT_NODEJS_PATH", "",
                "HEADSTREAM_CHROMIUM", "");
    }

    private static void script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static Ended run(Path folder, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(List.of(command)).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("HEADSTREAM_BUILD", "skip");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), text);
    }

    private record Ended(int exitCode, String text) {}
}
