package dev.headstream.worker.warm;

/** Is told of logins ahead of need. Be quick and do not throw. */
public interface WarmEvents {

    /** Watches nothing. */
    WarmEvents NONE = (flow, result) -> {};

    /** What became of a login. */
    enum Result {
        /** The session is ready. */
        MADE,
        /** The flow's steps up to the login failed: no more are made for the key until a job has logged in. */
        FAILED,
        /** A job wanted the context, or the browser went away: tried again later. */
        INTERRUPTED
    }

    /** A login ahead of need of the flow ended. */
    void warmed(String flow, Result result);
}
