/**
 * Sessions that are logged in ahead of need, so that no job has to. The handler that runs jobs passes them through
 * {@link dev.headstream.worker.warm.WarmSessions}, which sees which keys are used; knows no page.
 */
@NullMarked
package dev.headstream.worker.warm;

import org.jspecify.annotations.NullMarked;
