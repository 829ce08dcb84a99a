package dev.headstream.pipeline.commit;

/** How an attempt to commit a batch ended. */
sealed interface TransactionResult {

    /** All of it is durable. */
    record Committed() implements TransactionResult {}

    /** None of it is; another try may succeed, with fresh ownership. */
    record Aborted(RuntimeException cause) implements TransactionResult {}

    /** None of it is, and never will be as it is: a record is too large or otherwise invalid. */
    record Refused(RuntimeException cause) implements TransactionResult {}

    /** The broker did not say; it is settled by now, one way or the other, and must be read back. */
    record Unknown(RuntimeException cause) implements TransactionResult {}
}
