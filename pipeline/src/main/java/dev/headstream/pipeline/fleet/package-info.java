/**
 * What the workers of a fleet tell one another of steps that they ran, through a compacted topic that each of them reads
 * whole. Nothing here is needed for a job to run, and no job waits for
 * it; what is lost costs a step that is run again. Says nothing of what may be shared, which is the worker's cache's.
 */
@NullMarked
package dev.headstream.pipeline.fleet;

import org.jspecify.annotations.NullMarked;
