package dev.headstream.pipeline.offset;

/**
 * What is committed for a partition.
 *
 * @param offset the watermark: next to read, every offset below it is finished
 * @param metadata the offsets above the watermark that are finished as well, see {@link CompletedOffsets}
 */
public record CommitPoint(long offset, String metadata) {}
