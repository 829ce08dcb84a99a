package dev.headstream.worker.run;

import dev.headstream.worker.browser.BrowserConfig.Transport;

/** The contract of flows on lanes with the transport {@code socket}. */
final class SocketFlowIT extends FlowContract {
    SocketFlowIT() {
        super(Transport.SOCKET);
    }
}
