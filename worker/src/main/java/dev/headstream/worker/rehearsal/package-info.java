/**
 * Jobs without a browser: what a worker runs when only the way from Kafka and back is to be tried, for chaos tests and
 * benches. Follows the rules of {@code run} for checkpoints and stopping, with time for work. Never in production.
 */
@NullMarked
package dev.headstream.worker.rehearsal;

import org.jspecify.annotations.NullMarked;
