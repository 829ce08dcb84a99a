/**
 * Spares jobs steps whose result is known or on its way: {@link dev.headstream.worker.cache.StepCache} stands around the
 * {@link dev.headstream.worker.run.StepRunner} that does the work. Knows no browser; its waits happen on lanes' threads,
 * where the watchdog ends them.
 */
@NullMarked
package dev.headstream.worker.cache;

import org.jspecify.annotations.NullMarked;
