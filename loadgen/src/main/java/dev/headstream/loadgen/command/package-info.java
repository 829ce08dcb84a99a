/** The commands of {@code headstream}: each reads its options, calls one of the other packages and reports. */
@NullMarked
package dev.headstream.loadgen.command;

import org.jspecify.annotations.NullMarked;
