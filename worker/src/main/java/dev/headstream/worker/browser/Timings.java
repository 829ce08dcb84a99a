package dev.headstream.worker.browser;

import java.time.Duration;

/**
 * How long the browser may take for what is not a task's own doing. Generous, since a machine may be busy; bounded, since
 * each may also never end.
 *
 * @param open of a task's context and page
 * @param close of a task's context
 * @param connect of a lane to the server
 * @param heartbeat a context opened and closed on a fresh connection
 * @param stuck how long an interrupted task may go on before its connection is taken away
 * @param abandon how long before its thread is given up
 * @param pulse between two signs of life of Node
 * @param again from a second browser that did not start to the next try; doubled each time
 */
record Timings(
        Duration open,
        Duration close,
        Duration connect,
        Duration heartbeat,
        Duration stuck,
        Duration abandon,
        Duration pulse,
        Duration again) {

    /** Signs of life that may be missing in a row. */
    static final int MISSED_PULSES = 4;

    static final Timings DEFAULT = new Timings(
            Duration.ofSeconds(10),
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(3),
            Duration.ofSeconds(15),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10));
}
