/** Tests of the scripts in {@code deploy} that belong to no class. */
@NullMarked
package dev.headstream.loadgen.launcher;

import org.jspecify.annotations.NullMarked;
