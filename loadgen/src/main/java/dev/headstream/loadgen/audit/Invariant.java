package dev.headstream.loadgen.audit;

/**
 * What must hold at the end of a run. The letters are those of the fault catalogue. C, F and I are not to be seen in the
 * topics' end state: they are judged only where there is other evidence, that of steps or the log of commits.
 */
public enum Invariant {
    /** A. */
    ONE_TERMINAL_RECORD("A", "one terminal record per execution"),
    /** B. */
    WATERMARK("B", "nothing unfinished below the watermark"),
    /** C. */
    OWNED_COMMITS("C", "no commit for a partition of another"),
    /** D. */
    SESSION_OVERLAP("D", "one job at a time per session key"),
    /** E. */
    CHECKPOINTED_STEPS("E", "checkpointed steps are not run again"),
    /** F. */
    BOUNDED("F", "running jobs and commits' metadata are bounded"),
    /** G. */
    LAG("G", "lag is 0"),
    /** H. */
    OPEN_TRANSACTIONS("H", "no hanging transaction"),
    /** I. */
    RERUNS("I", "only what was in flight is run again"),
    /** J. */
    NOTHING_SKIPPED("J", "every submission is accounted for");

    private final String letter;
    private final String title;

    Invariant(String letter, String title) {
        this.letter = letter;
        this.title = title;
    }

    public String letter() {
        return letter;
    }

    public String title() {
        return title;
    }
}
