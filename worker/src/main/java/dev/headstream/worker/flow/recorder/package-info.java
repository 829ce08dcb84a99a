/**
 * Recordings of the Chrome DevTools Recorder: read, and put into the words of the flow language. Knows YAML nodes and
 * nothing of how flows are read or run.
 */
@NullMarked
package dev.headstream.worker.flow.recorder;

import org.jspecify.annotations.NullMarked;
