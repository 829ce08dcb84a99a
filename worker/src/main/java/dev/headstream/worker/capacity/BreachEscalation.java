package dev.headstream.worker.capacity;

import java.util.Optional;

/**
 * What to do about memory that fewer contexts do not bring down: first another browser, and if that does not help
 * within a time of grace, another worker. One spike is no breach, and each remedy gets the time to work before the next
 * is tried. Pure; time is counted in samples. Confined to one thread.
 */
final class BreachEscalation {
    private static final int SUSTAINED = 3;
    private static final int RECOVERED = 20;

    private final double hard;
    private final int grace;

    private int above;
    private int below;
    private int sinceRetired;
    private boolean retired;
    private boolean replaced;

    /** @param grace samples that a new browser has to bring memory below the hard limit */
    BreachEscalation(double hard, int grace) {
        this.hard = hard;
        this.grace = grace;
    }

    /**
     * Takes the next sample.
     *
     * @param memory used share of the memory limit
     * @param stuck whether memory stays above the soft limit although only one context is left
     */
    Optional<Breach> accept(double memory, boolean stuck) {
        boolean high = memory > hard;
        above = high ? above + 1 : 0;
        below = high || stuck ? 0 : below + 1;
        sinceRetired++;
        if (below >= RECOVERED) {
            retired = false;
        }
        if (!retired && (above >= SUSTAINED || stuck)) {
            retired = true;
            sinceRetired = 0;
            above = 0;
            return Optional.of(Breach.RETIRE_BROWSER);
        }
        if (retired && !replaced && sinceRetired >= grace && above >= SUSTAINED) {
            replaced = true;
            return Optional.of(Breach.REPLACE_WORKER);
        }
        return Optional.empty();
    }
}
