/** What the worker tells about itself: health, metrics and the HTTP server that serves both. */
@NullMarked
package dev.headstream.worker.management;

import org.jspecify.annotations.NullMarked;
