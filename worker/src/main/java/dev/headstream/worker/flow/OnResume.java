package dev.headstream.worker.flow;

/** What becomes of a step that an earlier attempt began and did not complete. */
public enum OnResume {
    /** Run it again. */
    RERUN,
    /** Fail the job as UNCERTAIN, for a person to settle. */
    FAIL,
    /** Go on as if it had been completed. */
    SKIP
}
