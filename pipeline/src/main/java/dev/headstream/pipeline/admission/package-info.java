/**
 * What becomes of each event before it runs: decoded, refused, recognised as a duplicate, or lined up behind the job that it must not overlap.
 */
@NullMarked
package dev.headstream.pipeline.admission;

import org.jspecify.annotations.NullMarked;
