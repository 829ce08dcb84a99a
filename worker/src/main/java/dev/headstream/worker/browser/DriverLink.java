package dev.headstream.worker.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import java.lang.ref.WeakReference;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A link as Playwright's public interface has it: {@code Playwright.create()} starts a driver, a Node process that is this
 * lane's alone, and {@code BrowserType.connect} connects that to the server. Costs a process a lane, some 60 MB, and
 * survives an upgrade of Playwright that {@link SocketLink} does not.
 *
 * <p>The driver is the lane's hostage: killing it ends every call of the lane at once and makes the server dispose of all
 * that the lane had. It ends by itself when this JVM does, at the end of its standard input.
 */
final class DriverLink implements Link {
    private static final Logger LOG = LoggerFactory.getLogger(DriverLink.class);
    /** Node takes half a second to start, on a busy machine several. */
    private static final int PATIENCE_FACTOR = 4;
    /** The share of its time after which a driver that does not come up is killed. */
    private static final double GIVE_UP_AT = 0.9;

    private static final Duration END = Duration.ofSeconds(2);
    private static final String NO_HOST = "http://headstream.invalid";

    private final Playwright playwright;
    private final Browser browser;
    private final ProcessHandle driver;
    private final LaneServer server;
    private final String version;
    private final HttpPulse pulse;
    private final AtomicReference<@Nullable String> closedBecause = new AtomicReference<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean crashed;

    private DriverLink(
            Playwright playwright, Browser browser, ProcessHandle driver, LaneServer server, HttpPulse pulse) {
        this.playwright = playwright;
        this.browser = browser;
        this.driver = driver;
        this.server = server;
        this.version = browser.version();
        this.pulse = pulse;
    }

    static Link.Opener opener(HttpClient http, DriverCommand command) {
        return new Link.Opener() {
            @Override
            public Link open(LaneServer server, Duration timeout) {
                return DriverLink.open(http, command, server, timeout);
            }

            @Override
            public Duration patience(Duration connect) {
                return connect.multipliedBy(PATIENCE_FACTOR);
            }
        };
    }

    private static Link open(HttpClient http, DriverCommand command, LaneServer server, Duration timeout) {
        String mark = "lane-" + UUID.randomUUID();
        // Interrupted, Playwright.create() would leave two threads behind; with its driver killed it does not.
        CompletableFuture<?> late = CompletableFuture.runAsync(
                () -> DriverCommand.find(mark).ifPresent(ProcessHandle::destroyForcibly),
                later(Math.round(timeout.toMillis() * GIVE_UP_AT)));
        @Nullable Playwright playwright = null;
        boolean hasDriver = false;
        try {
            playwright = LaneDriver.create(builder -> command.writeTo(builder, mark, server.folder()));
            ProcessHandle driver = DriverCommand.find(mark)
                    .orElseThrow(
                            () -> new PlaywrightException("the driver that Playwright started is not this worker's:"
                                    + " PLAYWRIGHT_DRIVER_DIR and playwright.cli.dir must not be set"));
            hasDriver = true;
            DriverLink link = connect(playwright, driver, server, timeout, new HttpPulse(http, server.endpoint()));
            link.watchEnds();
            return link;
        } catch (RuntimeException e) {
            DriverCommand.find(mark).ifPresent(DriverLink::kill);
            if (playwright != null) {
                close(playwright);
            }
            throw hasDriver ? e : new NoDriverException(e);
        } finally {
            late.cancel(false);
        }
    }

    private static Executor later(long millis) {
        return CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS);
    }

    private static DriverLink connect(
            Playwright playwright, ProcessHandle driver, LaneServer server, Duration timeout, HttpPulse pulse) {
        Browser browser = playwright
                .chromium()
                .connect(server.endpoint().toString(), new BrowserType.ConnectOptions().setTimeout((double)
                                timeout.toMillis()));
        return new DriverLink(playwright, browser, driver, server, pulse);
    }

    private void watchEnds() {
        browser.onDisconnected(gone -> closed("closed by the server"));
        WeakReference<DriverLink> here = new WeakReference<>(this); // the server outlives many links
        server.onExit(code -> {
            DriverLink link = here.get();
            if (link != null) {
                link.closed("the browser's server ended");
            }
        });
        CompletableFuture<?> unused = driver.onExit().thenRun(() -> closed("the lane's driver ended"));
    }

    private void closed(String reason) {
        closedBecause.compareAndSet(null, reason);
        closed.countDown();
    }

    @Override
    public Browser browser() {
        return browser;
    }

    @Override
    public LaneServer server() {
        return server;
    }

    @Override
    public String version() {
        return version;
    }

    /** The process of this lane, for tests that kill it. */
    ProcessHandle driver() {
        return driver;
    }

    @Override
    public boolean isClosed() {
        return closedBecause.get() != null;
    }

    @Override
    public boolean closesWithin(Duration atMost) {
        try {
            return closed.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return isClosed();
        }
    }

    @Override
    public String closedBecause() {
        String reason = closedBecause.get();
        return reason == null ? "it is open" : reason;
    }

    @Override
    public void watch(BrowserContext context) {
        context.onPage(page -> page.onCrash(gone -> crashed = true));
    }

    /** Playwright tells of events during calls only: so this makes one that asks Chromium, of nothing. */
    @Override
    public void catchUp(BrowserContext context) {
        try {
            var unused = context.cookies(NO_HOST);
        } catch (PlaywrightException e) {
            LOG.atDebug()
                    .setMessage("nothing more to be read")
                    .setCause(e)
                    .log(); // closed, or interrupted: others see to it
        }
    }

    @Override
    public boolean crashed() {
        return crashed;
    }

    @Override
    public void forgetCrash() {
        crashed = false;
    }

    @Override
    public void drop(String reason) {
        closed(reason);
        driver.destroyForcibly();
    }

    @Override
    public void release() {
        drop("released by its lane");
        kill(driver);
        if (!driver.isAlive()) { // else it would be waited for
            close(playwright);
        }
    }

    /** Waits for the end whatever interrupts it: it comes at once, unless the kernel is in trouble. */
    private static void kill(ProcessHandle process) {
        process.destroyForcibly();
        boolean interrupted = Thread.interrupted();
        LaneServer.awaitEnd(List.of(process), END);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the threads of a driver that is gone. */
    private static void close(Playwright playwright) {
        try {
            playwright.close();
        } catch (PlaywrightException e) {
            LOG.atDebug().setMessage("driver was gone already").setCause(e).log();
        }
    }

    /** The driver has no sign of life to give; what is asked is the server that all lanes share. */
    @Override
    public void ping() {
        pulse.ask();
    }

    @Override
    public long received() {
        return pulse.answers();
    }
}
