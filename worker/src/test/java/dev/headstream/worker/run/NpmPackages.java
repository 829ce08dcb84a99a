package dev.headstream.worker.run;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Packages of the npm registry, fetched when a test needs them and kept under {@code target}: web applications that nobody
 * here wrote. Their scripts are never run by npm; their dependencies are not fetched.
 */
final class NpmPackages {
    private static final Path CACHE = Path.of("target", "npm-packages");

    private NpmPackages() {}

    /** The folder of a package; the test is skipped, and says why, where it cannot be had. */
    static Path get(String name, String version) throws IOException, InterruptedException {
        Path folder = CACHE.resolve(name + "-" + version);
        Path content = folder.resolve("package");
        if (!Files.isDirectory(content)) {
            Files.createDirectories(folder);
            boolean packed = run(folder, List.of("npm", "pack", "--silent", name + "@" + version));
            assumeTrue(packed, "npm or its registry is not there: " + name + "@" + version + " cannot be had");
            boolean unpacked = run(
                    folder,
                    List.of(
                            "tar",
                            "-xzf",
                            name.replaceFirst("^@", "").replace('/', '-') + "-" + version + ".tgz",
                            "package"));
            assumeTrue(unpacked, "tar cannot unpack " + name + "@" + version);
        }
        return content;
    }

    private static boolean run(Path folder, List<String> command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log.txt").toFile())
                    .start();
        } catch (IOException e) {
            return false;
        }
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            return false;
        }
        return process.exitValue() == 0;
    }
}
