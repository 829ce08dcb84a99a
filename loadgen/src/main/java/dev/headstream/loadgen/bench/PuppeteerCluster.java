package dev.headstream.loadgen.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The leanest peer in JavaScript, fetched from npm when the bench begins and gone with the bench's folder. Scripts of its
 * packages are not run at installation.
 */
final class PuppeteerCluster {
    private static final List<String> PACKAGES = List.of("puppeteer-cluster@0.25.0", "puppeteer-core@24.43.1");
    private static final String SCRIPT = "puppeteer-cluster.cjs";
    private static final int INSTALL_MINUTES = 3;

    private PuppeteerCluster() {}

    /**
     * Installs it, unless it is there.
     *
     * @return the script that runs the bench's jobs by it
     * @throws IOException if npm or its registry is not there
     */
    static Path in(Path folder) throws IOException, InterruptedException {
        Path script = folder.resolve(SCRIPT);
        if (Files.exists(script)) {
            return script;
        }
        install(folder);
        try (InputStream in = PuppeteerCluster.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new IOException("has no " + SCRIPT + " in its jar");
            }
            Files.write(script, in.readAllBytes());
        }
        return script;
    }

    private static void install(Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("npm.log");
        ProcessBuilder npm = new ProcessBuilder(
                        "npm", "install", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        npm.command().addAll(List.of("--prefix", folder.toString()));
        npm.command().addAll(PACKAGES);
        Process process;
        try {
            process = npm.start();
        } catch (IOException e) {
            throw new IOException("cannot be had without npm: " + e.getMessage(), e);
        }
        if (!process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException("cannot be had: npm did not end within " + INSTALL_MINUTES + " minutes");
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    "cannot be had from npm: " + Files.readString(log).strip());
        }
    }
}
