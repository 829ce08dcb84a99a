/**
 * What a flow is: steps, actions, inputs, outputs, and how they are read from YAML. Immutable and validated; knows no
 * browser. {@link dev.headstream.worker.flow.FlowFiles} reads files, {@link dev.headstream.worker.flow.FlowCatalog} a
 * directory of them.
 */
@NullMarked
package dev.headstream.worker.flow;

import org.jspecify.annotations.NullMarked;
