/**
 * Flows written in Java: what their authors implement ({@link dev.headstream.worker.flow.code.CodeFlow}), declare and
 * work with. Knows nothing of the rest of the worker, so that a flow's jar depends on this and no more.
 */
@NullMarked
package dev.headstream.worker.flow.code;

import org.jspecify.annotations.NullMarked;
