/**
 * The guarantees under fire: each {@link dev.headstream.loadgen.chaos.ChaosCase} starts brokers and workers as processes,
 * sends jobs by a seed, does harm, waits until all is done, and has {@code audit} judge what is left. A case reads as what
 * happens on its {@link dev.headstream.loadgen.chaos.Stage}.
 */
@NullMarked
package dev.headstream.loadgen.chaos;

import org.jspecify.annotations.NullMarked;
