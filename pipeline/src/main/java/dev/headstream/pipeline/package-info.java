/**
 * Kafka to Reactor and back. Events come in through {@code source}, run through a {@link
 * dev.headstream.pipeline.JobHandler} with bounded concurrency, and their results and offsets leave through {@code
 * commit}. Knows nothing of browsers.
 */
@NullMarked
package dev.headstream.pipeline;

import org.jspecify.annotations.NullMarked;
