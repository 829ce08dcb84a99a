package dev.headstream.worker.console;

import dev.headstream.worker.browser.BrowserEvents;
import java.time.Clock;
import java.util.Locale;

/** Notes what goes wrong with lanes and browser, and passes everything on. Thread-safe; never blocks. */
final class WatchedBrowser implements BrowserEvents {
    static final String RECYCLED = "recycled";

    private final BrowserEvents inner;
    private final Recent<Happening> happenings;
    private final Clock clock;

    WatchedBrowser(BrowserEvents inner, Recent<Happening> happenings, Clock clock) {
        this.inner = inner;
        this.happenings = happenings;
        this.clock = clock;
    }

    @Override
    public void contextCreated(String lane) {
        inner.contextCreated(lane);
    }

    @Override
    public void contextClosed(String lane) {
        inner.contextClosed(lane);
    }

    @Override
    public void contextRecycled(String lane, Reason reason) {
        inner.contextRecycled(lane, reason);
        note(RECYCLED, lane, reason);
    }

    @Override
    public void pageCrashed(String lane) {
        inner.pageCrashed(lane);
        happenings.add(new Happening(clock.instant(), "page crashed", lane, ""));
    }

    @Override
    public void timeout(String lane, Rung rung) {
        inner.timeout(lane, rung);
        note("timeout", lane, rung);
    }

    @Override
    public void laneReconnected(String lane, Reason reason) {
        inner.laneReconnected(lane, reason);
        note("reconnected", lane, reason);
    }

    @Override
    public void browserRestarted(Reason reason) {
        inner.browserRestarted(reason);
        note("browser restarted", "", reason);
    }

    @Override
    public void browserRetired(Retirement why) {
        inner.browserRetired(why);
        note("browser retired", "", why);
    }

    @Override
    public void retirementFailed(Retirement why) {
        inner.retirementFailed(why);
        note("second browser failed", "", why);
    }

    private void note(String kind, String lane, Enum<?> why) {
        String words = why.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        happenings.add(new Happening(clock.instant(), kind, lane, words));
    }
}
