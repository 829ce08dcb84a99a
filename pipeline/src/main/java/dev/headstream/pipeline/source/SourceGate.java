package dev.headstream.pipeline.source;

import java.util.function.BooleanSupplier;

/**
 * Holds the source back for reasons of ours, beside the pausing that reactor-kafka does for want of demand: as many
 * jobs wait in memory as may, or the worker is going away. Nothing is fetched meanwhile; polling, and so membership of
 * the group, goes on. Thread-safe; looked at before every poll, so that nobody has to open it again.
 */
public final class SourceGate {
    private final BooleanSupplier full;
    private final SourceEnds ends;
    private volatile boolean draining;

    /**
     * @param full whether as many jobs wait for a retry, a session, a duplicate or their commit as may
     * @param ends where to stop for good
     */
    public SourceGate(BooleanSupplier full, SourceEnds ends) {
        this.full = full;
        this.ends = ends;
    }

    /** Where to stop for good. */
    SourceEnds ends() {
        return ends;
    }

    /** Closes it for good. */
    public void drain() {
        draining = true;
    }

    /** Whether nothing may be fetched. */
    boolean isClosed() {
        return draining || full.getAsBoolean();
    }
}
