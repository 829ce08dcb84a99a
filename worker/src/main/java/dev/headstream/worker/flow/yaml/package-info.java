/**
 * Reads YAML without ever constructing an object from it: nodes with their positions in, typed values or located
 * problems out. Knows nothing of flows.
 */
@NullMarked
package dev.headstream.worker.flow.yaml;

import org.jspecify.annotations.NullMarked;
