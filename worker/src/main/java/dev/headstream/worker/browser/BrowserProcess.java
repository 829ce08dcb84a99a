package dev.headstream.worker.browser;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The browser that runs at a moment.
 *
 * @param pid of Chromium's main process; empty if it is gone
 * @param nodePid of the process that speaks to it
 * @param version as the browser says it; empty until a lane is connected
 * @param sandboxed whether its renderers are in a sandbox
 * @param tasks how many got a context in it
 * @param age how long ago it was started
 * @param others browsers before it that still have tasks to finish
 */
public record BrowserProcess(
        OptionalLong pid,
        long nodePid,
        Optional<String> version,
        boolean sandboxed,
        long tasks,
        Duration age,
        int others) {}
