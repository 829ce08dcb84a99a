/**
 * Did the guarantees hold? An independent reader that answers from Kafka alone: it shares no code with the workers but the
 * contracts. Reading and judging are apart, so that the judging can be tried on made-up histories.
 */
@NullMarked
package dev.headstream.loadgen.audit;

import org.jspecify.annotations.NullMarked;
