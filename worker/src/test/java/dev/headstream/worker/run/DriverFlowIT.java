package dev.headstream.worker.run;

import dev.headstream.worker.browser.BrowserConfig.Transport;

/** The contract of flows on lanes with the transport {@code driver}. */
final class DriverFlowIT extends FlowContract {
    DriverFlowIT() {
        super(Transport.DRIVER);
    }
}
