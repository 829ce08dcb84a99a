package dev.headstream.loadgen.bench.kills;

import java.util.Locale;

/** What is killed. */
public enum Fault {
    /** The process of a page. */
    RENDERER,
    /** Chromium's main process, and with it all of Chromium. */
    CHROMIUM,
    /** The Node process that speaks to Chromium, which goes with it. */
    NODE,
    /** The lane's connection to Node, by the kernel: neither end has closed it. */
    SOCKET;

    /** Its name for people and for JSON. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
