package dev.headstream.loadgen.audit;

/**
 * What must hold at the end of a run. The letters are those of the fault catalogue; what a reader of the end state cannot
 * see (who committed what when, memory, how often a job was begun) is not among them.
 */
public enum Invariant {
    /** A. */
    ONE_TERMINAL_RECORD("A", "one terminal record per execution"),
    /** B. */
    WATERMARK("B", "nothing unfinished below the watermark"),
    /** D. */
    SESSION_OVERLAP("D", "one job at a time per session key"),
    /** E. */
    CHECKPOINTED_STEPS("E", "checkpointed steps are not run again"),
    /** G. */
    LAG("G", "lag is 0"),
    /** H. */
    OPEN_TRANSACTIONS("H", "no hanging transaction"),
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
