/**
 * How long a job waits before it is tried again.
 */
@NullMarked
package dev.headstream.pipeline.retry;

import org.jspecify.annotations.NullMarked;
