package dev.headstream.worker.management;

/** For whom a page is. */
public enum Audience {
    /**
     * Whoever is on this machine: a browser here, or one whose connection is forwarded to here ({@code ssh -L}, {@code
     * kubectl port-forward}).
     */
    MACHINE,
    /** Whoever can reach the port. */
    ANYONE
}
