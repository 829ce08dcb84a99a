package dev.headstream.worker.cache;

/**
 * Is told what became of each step that may be cached, and of what workers tell one another of theirs. Called on lanes'
 * threads and those that read and write for the fleet: return at once, do not throw.
 */
public interface CacheEvents {

    /** Watches nothing. */
    CacheEvents NONE = (flow, step, result) -> {};

    /** What became of a request for a step's result. */
    enum Result {
        /** It was there. */
        HIT,
        /** That the step fails was there. */
        NEGATIVE,
        /** Either was there, and another worker had found it out. */
        SHARED,
        /** Another job was just about to get it. */
        COALESCED,
        /** The step was run. */
        MISS,
        /** The step was run although its result may have been there: its job asked for that. */
        BYPASS
    }

    /** What became of a result on its way between workers. */
    enum Exchange {
        /** It is in the topic. */
        PUBLISHED,
        /** It was read, and is kept here. */
        TAKEN,
        /** It was not published, for it or its key may hold a secret. */
        SECRET,
        /** It was not published, for it is too large. */
        OVERSIZED,
        /** It was not published, for too many were or no broker took it. */
        DROPPED,
        /** It was read and left out: it has expired, is about to, or its worker's clock is ahead. */
        UNTIMELY,
        /** It was read and left out: no flow of this worker has such a step with such values. */
        UNKNOWN,
        /** Something else was read, or it was damaged or too large. */
        UNREADABLE
    }

    /** A step was asked for. */
    void requested(String flow, String step, Result result);

    /** A result was on its way between workers. */
    default void exchanged(Exchange what) {}
}
