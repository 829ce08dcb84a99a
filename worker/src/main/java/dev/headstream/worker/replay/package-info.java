/**
 * What a person and a script see of a replay: its size beforehand, its progress, what came of it. Knows nothing of how it
 * is run.
 */
@NullMarked
package dev.headstream.worker.replay;

import org.jspecify.annotations.NullMarked;
