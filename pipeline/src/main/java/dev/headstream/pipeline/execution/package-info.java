/**
 * The jobs that were accepted and have no terminal record yet: what is known of each, which of them may run now, and
 * what their outcomes become.
 */
@NullMarked
package dev.headstream.pipeline.execution;

import org.jspecify.annotations.NullMarked;
