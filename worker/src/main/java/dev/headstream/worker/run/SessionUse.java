package dev.headstream.worker.run;

/** How a job of a flow with sessions came to be logged in. */
public enum SessionUse {
    /** A job before it had left its context logged in. */
    WARM,
    /** It logged in itself. */
    COLD,
    /** Its session turned out to be logged out and was made anew. */
    REMADE
}
