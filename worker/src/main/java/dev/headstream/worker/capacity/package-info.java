/**
 * How much work this machine can carry: what the worker's processes use, what they may use, and the number of contexts
 * that follows from it. The algorithms are pure; one guard applies them.
 */
@NullMarked
package dev.headstream.worker.capacity;

import org.jspecify.annotations.NullMarked;
