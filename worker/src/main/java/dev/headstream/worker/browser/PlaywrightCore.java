package dev.headstream.worker.browser;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.impl.driver.Driver;
import dev.headstream.worker.browser.BrowserStartException.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * The playwright-core that ships inside {@code com.microsoft.playwright:driver}, as files that Node can load. The client
 * in this JVM and the server in Node are then always of the same release.
 *
 * @param folder what to {@code require}
 * @param version its full version, which clients must name when they connect
 */
record PlaywrightCore(Path folder, String version) {
    private static final String ROOT = "driver/package/";
    /** The trace viewer, the command line and the typings, half of the files: a server needs none of them. */
    private static final List<String> UNUSED = List.of("types/", "bin/", "lib/vite/", "lib/tools/");

    /** Writes the files into an empty folder. */
    static PlaywrightCore extract(Path folder) {
        try {
            URL manifest = Driver.class.getClassLoader().getResource(ROOT + "package.json");
            if (manifest == null || !(manifest.openConnection() instanceof JarURLConnection connection)) {
                throw new BrowserStartException(
                        Problem.LAUNCH,
                        "Playwright's driver (com.microsoft.playwright:driver) is not among the worker's jars: its"
                                + " installation is incomplete");
            }
            copy(connection.getJarFile(), folder);
            return new PlaywrightCore(folder, version(folder.resolve("package.json")));
        } catch (IOException e) {
            throw new BrowserStartException(
                    Problem.WORK_DIRECTORY, "cannot unpack Playwright's driver into " + folder + ": " + e, e);
        }
    }

    private static void copy(JarFile jar, Path folder) throws IOException {
        for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
            JarEntry entry = entries.nextElement();
            String name = wanted(entry);
            if (name != null) {
                Path file = folder.resolve(name).normalize();
                if (!file.startsWith(folder)) {
                    throw new IOException("entry " + entry.getName() + " leads out of the folder");
                }
                Files.createDirectories(file.resolveSibling("."));
                try (InputStream in = jar.getInputStream(entry)) {
                    Files.copy(in, file);
                }
            }
        }
    }

    /** The entry's path below the package, null if it is not to be copied. */
    private static @Nullable String wanted(JarEntry entry) {
        if (entry.isDirectory() || !entry.getName().startsWith(ROOT)) {
            return null;
        }
        String name = entry.getName().substring(ROOT.length());
        return UNUSED.stream().anyMatch(name::startsWith) ? null : name;
    }

    private static String version(Path manifest) throws IOException {
        return new ObjectMapper()
                .readTree(Files.readAllBytes(manifest))
                .path("version")
                .asText();
    }
}
