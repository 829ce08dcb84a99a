package dev.headstream.worker.browser;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How the worker's one browser is started.
 *
 * @param workDirectory where browsers keep their folders; each running worker claims a slot of its own in it, wiped at
 *     start
 * @param executable the Chromium to run; empty: {@code HEADSTREAM_CHROMIUM}, else the first of chromium-headless-shell,
 *     chromium and chrome that this machine has
 * @param node the Node.js (20 or later) to run; empty: {@code HEADSTREAM_NODE}, {@code PLAYWRIGHT_NODEJS_PATH}, else the
 *     one on the path
 * @param headed whether windows are shown; needs a full Chromium and a display
 * @param webgl whether pages get WebGL, by a renderer in software: some 12 MB and much CPU time
 * @param sandbox whether Chromium's own sandbox confines its renderers
 * @param allowedHosts the only hosts that Chromium can reach, on one port or on any, {@code *} standing for any labels;
 *     empty: no rule. Holds for redirects and subresources too
 * @param nodeHeapMegabytes bound of Node's heap
 * @param startTimeout how long a start may take
 * @param transport how lanes are connected to the browser
 */
public record BrowserConfig(
        Path workDirectory,
        Optional<Path> executable,
        Optional<Path> node,
        boolean headed,
        boolean webgl,
        Sandbox sandbox,
        Optional<List<String>> allowedHosts,
        int nodeHeapMegabytes,
        Duration startTimeout,
        Transport transport) {

    /** Whether Chromium's own sandbox confines its renderers. */
    public enum Sandbox {
        /** On, unless this process is root or the machine does not allow it; the worker says which at start. */
        AUTO,
        /** On, or the start fails. */
        ON,
        /** Off: only where something else confines the browser. */
        OFF
    }

    /** How a lane is connected to the browser. */
    public enum Transport {
        /** By a WebSocket from this process, without a process of its own; rests on internals of one release of Playwright. */
        SOCKET,
        /** By a Node.js process a lane, as Playwright's own {@code BrowserType.connect} does it. */
        DRIVER
    }

    /**
     * Longest path of the work directory: Chromium makes a socket some 50 bytes deeper in it, whose path the kernel
     * limits to 107.
     */
    static final int MAX_DIRECTORY_BYTES = 50;

    private static final Pattern HOST = Pattern.compile(
            "(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?(:\\d{1,5})?|\\[[0-9A-Fa-f:.]+](:\\d{1,5})?");
    private static final int MIN_NODE_HEAP_MEGABYTES = 64;

    public BrowserConfig {
        workDirectory = workDirectory.toAbsolutePath().normalize();
        int length = workDirectory.toString().getBytes(StandardCharsets.UTF_8).length;
        require(
                length <= MAX_DIRECTORY_BYTES,
                "the browser's work directory " + workDirectory + " is " + length + " bytes long; use one of at most "
                        + MAX_DIRECTORY_BYTES + ", Chromium's socket paths are limited");
        allowedHosts = allowedHosts.map(List::copyOf);
        for (String host : allowedHosts.orElse(List.of())) {
            require(
                    HOST.matcher(host).matches(),
                    "allowed host \"" + host
                            + "\" is not a host name, an address or *.domain, with or without :port; leave scheme and path out");
        }
        require(
                nodeHeapMegabytes >= MIN_NODE_HEAP_MEGABYTES,
                "a Node heap of " + nodeHeapMegabytes + " MB is too small; give it at least "
                        + MIN_NODE_HEAP_MEGABYTES);
        require(
                startTimeout.compareTo(Duration.ofSeconds(1)) >= 0,
                "a start timeout of " + startTimeout.toMillis() + " ms is too short; allow at least 1000");
    }

    /** What fits most machines: everything found by search, headless, no rule for hosts. */
    public static BrowserConfig defaults() {
        return new BrowserConfig(
                WorkDirectory.defaultBase(),
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                Sandbox.AUTO,
                Optional.empty(),
                128,
                Duration.ofSeconds(30),
                Transport.SOCKET);
    }

    /** The same in another directory. */
    public BrowserConfig withWorkDirectory(Path directory) {
        return new BrowserConfig(
                directory,
                executable,
                node,
                headed,
                webgl,
                sandbox,
                allowedHosts,
                nodeHeapMegabytes,
                startTimeout,
                transport);
    }

    /** The same with this Chromium. */
    public BrowserConfig withExecutable(Path chromium) {
        return new BrowserConfig(
                workDirectory,
                Optional.of(chromium),
                node,
                headed,
                webgl,
                sandbox,
                allowedHosts,
                nodeHeapMegabytes,
                startTimeout,
                transport);
    }

    /** The same with this Node.js. */
    public BrowserConfig withNode(Path executableNode) {
        return new BrowserConfig(
                workDirectory,
                executable,
                Optional.of(executableNode),
                headed,
                webgl,
                sandbox,
                allowedHosts,
                nodeHeapMegabytes,
                startTimeout,
                transport);
    }

    /** The same with or without windows. */
    public BrowserConfig withHeaded(boolean windows) {
        return new BrowserConfig(
                workDirectory,
                executable,
                node,
                windows,
                webgl,
                sandbox,
                allowedHosts,
                nodeHeapMegabytes,
                startTimeout,
                transport);
    }

    /** The same with or without WebGL. */
    public BrowserConfig withWebgl(boolean rendered) {
        return new BrowserConfig(
                workDirectory,
                executable,
                node,
                headed,
                rendered,
                sandbox,
                allowedHosts,
                nodeHeapMegabytes,
                startTimeout,
                transport);
    }

    /** The same with another sandbox. */
    public BrowserConfig withSandbox(Sandbox other) {
        return new BrowserConfig(
                workDirectory,
                executable,
                node,
                headed,
                webgl,
                other,
                allowedHosts,
                nodeHeapMegabytes,
                startTimeout,
                transport);
    }

    /** The same, able to reach these hosts only. */
    public BrowserConfig withAllowedHosts(List<String> hosts) {
        return new BrowserConfig(
                workDirectory,
                executable,
                node,
                headed,
                webgl,
                sandbox,
                Optional.of(hosts),
                nodeHeapMegabytes,
                startTimeout,
                transport);
    }

    /** The same with another time to start. */
    public BrowserConfig withStartTimeout(Duration timeout) {
        return new BrowserConfig(
                workDirectory,
                executable,
                node,
                headed,
                webgl,
                sandbox,
                allowedHosts,
                nodeHeapMegabytes,
                timeout,
                transport);
    }

    /** The same with lanes that are connected so. */
    public BrowserConfig withTransport(Transport other) {
        return new BrowserConfig(
                workDirectory,
                executable,
                node,
                headed,
                webgl,
                sandbox,
                allowedHosts,
                nodeHeapMegabytes,
                startTimeout,
                other);
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }
}
