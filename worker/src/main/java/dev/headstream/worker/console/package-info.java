/**
 * The console: a page for the person who was just paged, served by the management server. It watches what jobs, lanes and
 * meters do, keeps the last of it in bounded memory, and tells it as one document. Wired and owned by the worker; nobody
 * else calls it.
 */
@NullMarked
package dev.headstream.worker.console;

import org.jspecify.annotations.NullMarked;
