package dev.headstream.loadgen.bench;

import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a bench needs of the machine.
 *
 * @param chromium the browser that all designs run, so that they differ in nothing else
 * @param node the Node that Playwright runs on
 * @param launcher {@code deploy/headstream}; empty if it is not there, and then that design cannot run
 */
public record Workplace(Path chromium, Path node, Optional<Path> launcher) {
    private static final List<String> BROWSERS =
            List.of("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome");

    /**
     * Looks where the launcher says, else on the path.
     *
     * @throws CommandException naming what is missing and how to get it
     */
    public static Workplace find(Map<String, String> environment) {
        Path chromium = named(environment, "HEADSTREAM_CHROMIUM")
                .or(() -> BROWSERS.stream()
                        .flatMap(name -> onPath(environment, name).stream())
                        .findFirst())
                .orElseThrow(() -> new CommandException(
                        ExitCodes.UNAVAILABLE,
                        "no Chromium found (" + String.join(", ", BROWSERS)
                                + "): run deploy/setup, or set HEADSTREAM_CHROMIUM to its binary"));
        Path node = named(environment, "PLAYWRIGHT_NODEJS_PATH")
                .or(() -> onPath(environment, "node"))
                .orElseThrow(() -> new CommandException(
                        ExitCodes.UNAVAILABLE,
                        "no Node found: run deploy/setup, or set PLAYWRIGHT_NODEJS_PATH to a Node 20 or later"));
        return new Workplace(chromium, node, launcher(System.getProperty("headstream.launcher")));
    }

    private static Optional<Path> launcher(@Nullable String given) {
        return Stream.of(Optional.ofNullable(given).map(Path::of), Optional.of(Path.of("deploy/headstream")))
                .flatMap(Optional::stream)
                .map(Path::toAbsolutePath)
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Optional<Path> named(Map<String, String> environment, String variable) {
        return Optional.ofNullable(environment.get(variable))
                .filter(path -> !path.isBlank())
                .map(Path::of);
    }

    private static Optional<Path> onPath(Map<String, String> environment, String program) {
        return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
