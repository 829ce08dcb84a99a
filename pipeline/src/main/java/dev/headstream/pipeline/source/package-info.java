/**
 * The consumer side: reactor-kafka as a pure source of bytes, partition ownership with epochs, and the gates that hold partitions back. The only package that touches Kafka's {@code Consumer}.
 */
@NullMarked
package dev.headstream.pipeline.source;

import org.jspecify.annotations.NullMarked;
