package dev.headstream.worker.rehearsal;

import java.util.Locale;

/** What is noted of a step. */
enum Moment {
    /** It is about to act on the outside world. */
    BEGIN,
    /** It has done so. */
    END,
    /** It failed, as its script says. */
    FAIL,
    /** It was cut short: its partition went away, or its time was over. */
    STOP;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
