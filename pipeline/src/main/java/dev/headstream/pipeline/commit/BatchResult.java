package dev.headstream.pipeline.commit;

/** How an attempt to write a batch ended. */
sealed interface BatchResult {

    /** All of it is durable. */
    record Committed() implements BatchResult {}

    /** It is not finished; another try may succeed, with fresh ownership. In a transaction nothing of it is durable. */
    record Aborted(RuntimeException cause) implements BatchResult {}

    /** It never will be as it is: a record is too large or otherwise invalid. In a transaction nothing of it is durable. */
    record Refused(RuntimeException cause) implements BatchResult {}

    /** The broker did not say; it is settled by now, one way or the other, and must be read back. */
    record Unknown(RuntimeException cause) implements BatchResult {}
}
