/**
 * Asking for a job not to be done, and finding out what came of that.
 */
@NullMarked
package dev.headstream.loadgen.cancel;

import org.jspecify.annotations.NullMarked;
