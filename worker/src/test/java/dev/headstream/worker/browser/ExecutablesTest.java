package dev.headstream.worker.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headstream.worker.browser.BrowserStartException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExecutablesTest {
    @TempDir
    Path folder = Path.of("unset");

    private final BrowserConfig config = BrowserConfig.defaults();
    private Path bin = Path.of("unset");
    private Path library = Path.of("unset");

    @BeforeEach
    void makeFolders() throws IOException {
        bin = Files.createDirectory(folder.resolve("bin"));
        library = Files.createDirectory(folder.resolve("lib"));
    }

    private Executables with(Map<String, String> variables) {
        return new Executables(variables, List.of(library));
    }

    private Executables onPath() {
        return with(Map.of("PATH", "/nonexistent:" + bin));
    }

    private static Path executable(Path file, String content) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void chromium_givenShellAndFull_expectsTheShell() throws IOException {
        executable(bin.resolve("chromium"), "ELF");
        Path shell = executable(bin.resolve("chromium-headless-shell"), "ELF");

        assertThat(onPath().chromium(config)).isEqualTo(shell);
    }

    @Test
    void chromium_givenHeaded_expectsTheFullOne() throws IOException {
        Path full = executable(bin.resolve("chromium"), "ELF");
        executable(bin.resolve("chromium-headless-shell"), "ELF");

        assertThat(onPath().chromium(config.withHeaded(true))).isEqualTo(full);
    }

    @Test
    void chromium_givenWrapperScript_expectsTheBinaryBehindIt() throws IOException {
        executable(bin.resolve("chromium"), "#!/bin/sh");
        Path real = executable(library.resolve("chromium"), "ELF");

        assertThat(onPath().chromium(config)).isEqualTo(real);
    }

    @Test
    void chromium_givenWrapperOfSomethingUnknown_expectsTheWrapper() throws IOException {
        Path wrapper = executable(bin.resolve("chromium"), "#!/bin/sh");

        assertThat(onPath().chromium(config)).isEqualTo(wrapper);
    }

    @Test
    void chromium_givenPlaywrightInstalledSome_expectsTheNewest() throws IOException {
        executable(folder.resolve("pw/chromium_headless_shell-1187/chrome-linux/headless_shell"), "ELF");
        Path newest = executable(folder.resolve("pw/chromium_headless_shell-1200/chrome-linux/headless_shell"), "ELF");

        assertThat(with(Map.of("PLAYWRIGHT_BROWSERS_PATH", folder.resolve("pw").toString()))
                        .chromium(config))
                .isEqualTo(newest);
    }

    @Test
    void chromium_givenVariable_expectsItBeforeThePath() throws IOException {
        executable(bin.resolve("chromium"), "ELF");
        Path named = executable(folder.resolve("mine"), "ELF");

        assertThat(with(Map.of("PATH", bin.toString(), "HEADSTREAM_CHROMIUM", named.toString()))
                        .chromium(config))
                .isEqualTo(named);
    }

    @Test
    void chromium_givenVariableThatNamesNoFile_expectsBothNamed() {
        assertThatThrownBy(() -> with(Map.of("HEADSTREAM_CHROMIUM", "/no/such")).chromium(config))
                .isInstanceOfSatisfying(BrowserStartException.class, e -> assertThat(e.problem())
                        .isEqualTo(Problem.CHROMIUM))
                .hasMessageContaining("HEADSTREAM_CHROMIUM")
                .hasMessageContaining("/no/such");
    }

    @Test
    void chromium_givenNone_expectsWhatToInstall() {
        assertThatThrownBy(() -> onPath().chromium(config))
                .isInstanceOf(BrowserStartException.class)
                .hasMessageContaining("chromium-headless-shell")
                .hasMessageContaining("HEADSTREAM_CHROMIUM");
    }

    @Test
    void node_givenVariablesAndPath_expectsOursFirst() throws IOException {
        Path ours = executable(folder.resolve("a"), "ELF");
        Path playwrights = executable(folder.resolve("b"), "ELF");
        Path found = executable(bin.resolve("node"), "ELF");
        Map<String, String> path = Map.of("PATH", bin.toString());
        Map<String, String> both = Map.of(
                "PATH",
                bin.toString(),
                "HEADSTREAM_NODE",
                ours.toString(),
                "PLAYWRIGHT_NODEJS_PATH",
                playwrights.toString());

        assertThat(with(both).node(config)).isEqualTo(ours);
        assertThat(with(Map.of("PLAYWRIGHT_NODEJS_PATH", playwrights.toString()))
                        .node(config))
                .isEqualTo(playwrights);
        assertThat(with(path).node(config)).isEqualTo(found);
    }

    @Test
    void node_givenNone_expectsWhatToInstall() {
        assertThatThrownBy(() -> onPath().node(config))
                .isInstanceOfSatisfying(BrowserStartException.class, e -> assertThat(e.problem())
                        .isEqualTo(Problem.NODE))
                .hasMessageContaining("version 20")
                .hasMessageContaining("HEADSTREAM_NODE");
    }
}
