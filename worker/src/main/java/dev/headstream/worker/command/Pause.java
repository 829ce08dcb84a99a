package dev.headstream.worker.command;

import dev.headstream.worker.run.LastPage;
import java.io.PrintWriter;
import java.time.Duration;

/** Leaves the page that a run failed on open until somebody presses Enter. */
final class Pause implements LastPage.Onlooker {
    /** As long as a browser is left open that nobody comes back to. */
    static final Duration LONGEST = Duration.ofHours(12);

    private final PrintWriter out;
    private final Terminal terminal;
    private final boolean headed;

    Pause(PrintWriter out, Terminal terminal, boolean headed) {
        this.out = out;
        this.terminal = terminal;
        this.headed = headed;
    }

    @Override
    public void failedOn(LastPage page) throws InterruptedException {
        out.println("paused: the run failed on this page, which stays open");
        out.println("  url   " + (page.url().isEmpty() ? "(none)" : page.url()));
        out.println("  title " + (page.title().isEmpty() ? "(none)" : page.title()));
        out.println(
                headed
                        ? "  look at it in the browser's window (F12 opens its tools)"
                        : "  no window shows it: --headed would, --screenshot-on-failure keeps a picture of it");
        out.println("  press Enter to close it");
        out.flush();
        terminal.awaitEnter();
    }
}
