package dev.headstream.worker.capacity;

/** The contexts that are limited. Thread-safe. */
public interface LimitTarget {

    /** Sets how many contexts may have a job from now on; those above it finish theirs. Must not block. */
    void limit(int contexts);

    /** How many contexts have a job. */
    int inUse();
}
