package dev.headstream.worker.browser;

/** The contract of lanes over WebSockets of their own. */
final class SocketLaneIT extends LaneContract {
    SocketLaneIT() {
        super(BrowserConfig.Transport.SOCKET);
    }

    @Override
    void sever(Link link) {
        link.drop("severed by the test");
    }
}
