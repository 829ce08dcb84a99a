package dev.headstream.worker.browser;

import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.impl.driver.Driver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@code Playwright.create()} starts in this process: Node from the machine and playwright-core as it is unpacked for
 * the browser's server, instead of a copy of both in a temporary folder. Playwright makes one of this class by name and
 * keeps it, so which process is wanted is said by the thread that asks for it.
 */
public final class LaneDriver extends Driver {
    private static final String IMPLEMENTATION = "playwright.driver.impl";
    private static final ThreadLocal<@Nullable Consumer<ProcessBuilder>> WANTED = new ThreadLocal<>();

    /** For Playwright only. */
    public LaneDriver() {}

    /** Has Playwright start what is written to the empty command; blocks, and can be interrupted. */
    static Playwright create(Consumer<ProcessBuilder> command) {
        System.setProperty(IMPLEMENTATION, LaneDriver.class.getName());
        WANTED.set(command);
        try {
            return Playwright.create();
        } finally {
            WANTED.remove();
        }
    }

    @Override
    protected void initialize(@Nullable Boolean installBrowsers) {
        // nothing to unpack, nothing to install
    }

    /** Where the driver would be; the command is replaced. */
    @Override
    public Path driverDir() {
        return Path.of("");
    }

    @Override
    public ProcessBuilder createProcessBuilder() {
        Consumer<ProcessBuilder> command = WANTED.get();
        if (command == null) {
            throw new IllegalStateException("only lanes start drivers in this process");
        }
        ProcessBuilder builder = super.createProcessBuilder().command(new ArrayList<>());
        command.accept(builder);
        return builder;
    }
}
