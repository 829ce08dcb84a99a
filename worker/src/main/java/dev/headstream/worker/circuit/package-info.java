/**
 * Keeps the jobs of a flow that fails or is slow out of the browser for a while, so that they do not use up contexts that
 * other flows need: {@link dev.headstream.worker.circuit.CircuitHandler} stands around the handler that runs jobs.
 */
@NullMarked
package dev.headstream.worker.circuit;

import org.jspecify.annotations.NullMarked;
