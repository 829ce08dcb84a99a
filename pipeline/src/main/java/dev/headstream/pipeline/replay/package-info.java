/**
 * Running a range of the jobs topic again: which offsets that is, which of their jobs, and how far it has come. What runs
 * them is the same {@link dev.headstream.pipeline.Pipeline} as live work, in a consumer group of its own. Blocks; for mains.
 */
@NullMarked
package dev.headstream.pipeline.replay;

import org.jspecify.annotations.NullMarked;
