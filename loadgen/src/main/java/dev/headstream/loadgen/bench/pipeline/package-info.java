/**
 * Compares ways to take events from Kafka, work on them with bounded concurrency and write a result for each. Every
 * contender is a process of its own, against the same broker, on the same events and in rounds that alternate; the worker
 * is the real one, with a rehearsal instead of a browser. {@link dev.headstream.loadgen.bench.pipeline.PipelineBench} runs
 * them, {@link dev.headstream.loadgen.bench.pipeline.PipelineReport} says what came out; {@link
 * dev.headstream.loadgen.bench.pipeline.RestoreBench} measures what a worker's takeover of a long journal costs.
 */
@NullMarked
package dev.headstream.loadgen.bench.pipeline;

import org.jspecify.annotations.NullMarked;
