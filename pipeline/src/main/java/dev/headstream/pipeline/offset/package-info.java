/**
 * Which offsets of a partition are finished, and how that is written into a commit: a watermark and a bitmap of what is done above it.
 */
@NullMarked
package dev.headstream.pipeline.offset;

import org.jspecify.annotations.NullMarked;
