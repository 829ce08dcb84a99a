package dev.headstream.worker.browser;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what happened, as words. */
final class RecordedEvents implements BrowserEvents {
    private final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public void contextCreated(String lane) {
        events.add("created");
    }

    @Override
    public void contextClosed(String lane) {
        events.add("closed");
    }

    @Override
    public void contextRecycled(String lane, Reason reason) {
        events.add("recycled " + reason);
    }

    @Override
    public void pageCrashed(String lane) {
        events.add("crashed");
    }

    @Override
    public void timeout(String lane, Rung rung) {
        events.add("timeout " + rung);
    }

    @Override
    public void laneReconnected(String lane, Reason reason) {
        events.add("reconnected " + reason);
    }

    @Override
    public void browserRestarted(Reason reason) {
        events.add("restarted " + reason);
    }

    @Override
    public void browserRetired(Retirement why) {
        events.add("retired " + why);
    }

    @Override
    public void retirementFailed(Retirement why) {
        events.add("retirement failed " + why);
    }

    List<String> all() {
        return List.copyOf(events);
    }

    long count(String prefix) {
        return events.stream().filter(event -> event.startsWith(prefix)).count();
    }

    void clear() {
        events.clear();
    }
}
