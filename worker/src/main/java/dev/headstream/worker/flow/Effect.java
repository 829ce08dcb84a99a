package dev.headstream.worker.flow;

/** What running a step does to the outside world, and so whether it may run again. */
public enum Effect {
    /** Changes nothing: may run again, may be cached. */
    READ,
    /** Changes something, and a second run leaves the same state. */
    IDEMPOTENT,
    /** Must never run twice: its intent is journalled before it runs, its completion after. */
    ONCE;

    /** True if a second run does no harm. */
    public boolean isSafe() {
        return this != ONCE;
    }
}
