/** All that stands outside a worker: local stack, demo site, commands, load, audit and benches. */
@NullMarked
package dev.headstream.loadgen;

import org.jspecify.annotations.NullMarked;
