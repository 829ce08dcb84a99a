/**
 * What is known of an execution beyond its offset: attempts, completed steps and the mark that it is done. Written through {@code commit}, read back when a partition is assigned.
 */
@NullMarked
package dev.headstream.pipeline.journal;

import org.jspecify.annotations.NullMarked;
