/**
 * Events that can have no result, kept as they came.
 */
@NullMarked
package dev.headstream.pipeline.deadletter;

import org.jspecify.annotations.NullMarked;
