/**
 * Kills parts of a worker's browser again and again, measures how soon its lane is back, and shows what is left over. Called
 * by the command {@code bench kills}.
 */
@NullMarked
package dev.headstream.loadgen.bench.kills;

import org.jspecify.annotations.NullMarked;
