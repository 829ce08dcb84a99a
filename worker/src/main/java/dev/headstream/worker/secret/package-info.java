/** Secrets by name: read where they are kept, masked wherever text leaves the worker. */
@NullMarked
package dev.headstream.worker.secret;

import org.jspecify.annotations.NullMarked;
