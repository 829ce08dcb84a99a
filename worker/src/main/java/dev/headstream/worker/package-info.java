/** The worker process: its configuration, its wiring and its main. */
@NullMarked
package dev.headstream.worker;

import org.jspecify.annotations.NullMarked;
