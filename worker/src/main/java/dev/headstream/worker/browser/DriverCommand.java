package dev.headstream.worker.browser;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a Playwright driver of the same release as the server is started.
 *
 * @param node the Node.js to run it with
 * @param script {@code lane-driver.js}
 * @param core the folder of playwright-core
 * @param heapMegabytes bound of Node's heap
 */
record DriverCommand(Path node, Path script, Path core, int heapMegabytes) {

    static DriverCommand of(BrowserConfig config, PlaywrightCore core, Path script) {
        return new DriverCommand(
                Executables.ofThisMachine().node(config), script, core.folder(), config.nodeHeapMegabytes());
    }

    /** Makes the builder start such a driver, to which Playwright adds the word {@code run-driver}. */
    void writeTo(ProcessBuilder builder, String mark, Path folder) {
        builder.command()
                .addAll(
                        0,
                        List.of(
                                node.toString(),
                                "--max-semi-space-size=1",
                                "--max-old-space-size=" + heapMegabytes,
                                script.toString(),
                                core.toString(),
                                mark));
        LaneServer.confine(builder, folder);
    }

    /** The child of this process that was started with that mark. Looks through all processes: some milliseconds. */
    static Optional<ProcessHandle> find(String mark) {
        return ProcessHandle.current()
                .children()
                .filter(child ->
                        child.info().arguments().map(List::of).orElse(List.of()).contains(mark))
                .findFirst();
    }
}
