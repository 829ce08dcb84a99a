package dev.headstream.loadgen.command;

/** How results are printed. */
enum ResultFormat {
    /** Columns for people. */
    TABLE,
    /** One JSON object a line for programs. */
    JSONL
}
