package dev.headstream.worker.browser;

import dev.headstream.worker.browser.BrowserStartException.Problem;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds Chromium and Node.js on this machine, from an environment that tests can make up. */
final class Executables {
    private static final List<String> HEADLESS_SHELLS =
            List.of("chromium-headless-shell", "chrome-headless-shell", "headless_shell");
    private static final List<String> FULL = List.of(
            "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge");
    private static final String MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

    private final Map<String, String> environment;
    /** Where Debian and its kin keep the binaries that the scripts on the path wrap. */
    private final List<Path> libraryFolders;

    Executables(Map<String, String> environment, List<Path> libraryFolders) {
        this.environment = Map.copyOf(environment);
        this.libraryFolders = List.copyOf(libraryFolders);
    }

    static Executables ofThisMachine() {
        return new Executables(
                System.getenv(), List.of(Path.of("/usr/lib/chromium"), Path.of("/usr/lib/chromium-browser")));
    }

    Path chromium(BrowserConfig config) {
        if (config.executable().isPresent()) {
            return existing(config.executable().get(), Problem.CHROMIUM, "the configured Chromium");
        }
        String named = environment.getOrDefault("HEADSTREAM_CHROMIUM", "");
        if (!named.isEmpty()) {
            return existing(Path.of(named), Problem.CHROMIUM, "HEADSTREAM_CHROMIUM");
        }
        Optional<Path> shell = config.headed() ? Optional.empty() : onPath(HEADLESS_SHELLS);
        return shell.or(() -> config.headed() ? Optional.empty() : installedByPlaywright())
                .or(() -> onPath(FULL))
                .or(() -> Optional.of(Path.of(MAC_CHROME)).filter(Files::isExecutable))
                .orElseThrow(() -> new BrowserStartException(
                        Problem.CHROMIUM,
                        "no Chromium found: install chromium-headless-shell or chromium (Debian: apt-get install"
                                + " chromium-headless-shell), or name one in HEADSTREAM_CHROMIUM"));
    }

    Path node(BrowserConfig config) {
        if (config.node().isPresent()) {
            return existing(config.node().get(), Problem.NODE, "the configured Node.js");
        }
        for (String variable : List.of("HEADSTREAM_NODE", "PLAYWRIGHT_NODEJS_PATH")) {
            String named = environment.getOrDefault(variable, "");
            if (!named.isEmpty()) {
                return existing(Path.of(named), Problem.NODE, variable);
            }
        }
        return onPath(List.of("node", "nodejs"))
                .orElseThrow(() -> new BrowserStartException(
                        Problem.NODE, "no Node.js found: install version 20 or later, or name one in HEADSTREAM_NODE"));
    }

    private static Path existing(Path file, Problem problem, String origin) {
        if (!Files.isExecutable(file) || Files.isDirectory(file)) {
            throw new BrowserStartException(
                    problem, origin + " is " + file + ", which is not an executable file: correct the path");
        }
        return file.toAbsolutePath();
    }

    private Optional<Path> onPath(List<String> names) {
        List<Path> folders = Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of)
                .toList();
        return names.stream()
                .flatMap(name -> folders.stream().map(folder -> folder.resolve(name)))
                .filter(file -> Files.isExecutable(file) && !Files.isDirectory(file))
                .map(this::unwrapped)
                .findFirst();
    }

    /**
     * The binary that a script on the path starts, where it is known: a wrapper adds switches of its own, and may stay
     * as one more process.
     */
    private Path unwrapped(Path file) {
        if (!isScript(file)) {
            return file;
        }
        return libraryFolders.stream()
                .map(folder -> folder.resolve(file.getFileName()))
                .filter(binary -> Files.isExecutable(binary) && !isScript(binary))
                .findFirst()
                .orElse(file);
    }

    private static boolean isScript(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(2), StandardCharsets.US_ASCII).equals("#!");
        } catch (IOException e) {
            return false;
        }
    }

    /** The headless shell of {@code npx playwright install}, newest build first. */
    private Optional<Path> installedByPlaywright() {
        String named = environment.getOrDefault("PLAYWRIGHT_BROWSERS_PATH", "");
        Path browsers = named.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", "/nonexistent"), ".cache", "ms-playwright")
                : Path.of(named);
        if (!Files.isDirectory(browsers)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.find(
                browsers,
                3,
                (file, attributes) ->
                        attributes.isRegularFile() && HEADLESS_SHELLS.contains(String.valueOf(file.getFileName())))) {
            return files.filter(Files::isExecutable)
                    .max(Comparator.comparing(file -> browsers.relativize(file).toString()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
