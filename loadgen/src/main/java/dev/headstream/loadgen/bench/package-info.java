/**
 * Compares ways to run browser jobs on the same work: every design runs in a process of its own, in rounds that alternate
 * between the designs, against the demo portal on loopback. {@link dev.headstream.loadgen.bench.BrowserBench} runs them,
 * {@link dev.headstream.loadgen.bench.BenchReport} says what came out.
 */
@NullMarked
package dev.headstream.loadgen.bench;

import org.jspecify.annotations.NullMarked;
