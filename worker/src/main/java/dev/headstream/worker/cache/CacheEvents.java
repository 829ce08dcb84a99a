package dev.headstream.worker.cache;

/** Is told what became of each step that may be cached. Called on lanes' threads: return at once, do not throw. */
public interface CacheEvents {

    /** Watches nothing. */
    CacheEvents NONE = (flow, step, result) -> {};

    /** What became of a request for a step's result. */
    enum Result {
        /** It was there. */
        HIT,
        /** That the step fails was there. */
        NEGATIVE,
        /** Another job was just about to get it. */
        COALESCED,
        /** The step was run. */
        MISS,
        /** The step was run although its result may have been there: its job asked for that. */
        BYPASS
    }

    /** A step was asked for. */
    void requested(String flow, String step, Result result);
}
