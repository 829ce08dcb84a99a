package dev.headstream.worker.browser;

/** The contract of lanes with drivers of their own. */
final class DriverLaneIT extends LaneContract {
    DriverLaneIT() {
        super(BrowserConfig.Transport.DRIVER);
    }

    @Override
    void sever(Link link) {
        Signal.send("KILL", ((DriverLink) link).driver().pid());
    }
}
