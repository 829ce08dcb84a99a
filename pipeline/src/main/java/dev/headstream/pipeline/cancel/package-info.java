/**
 * What was asked not to be done: the cancels of the last week, followed from their topic by every worker. Says nothing of
 * how a cancel is honoured, which is {@code execution}'s.
 */
@NullMarked
package dev.headstream.pipeline.cancel;

import org.jspecify.annotations.NullMarked;
