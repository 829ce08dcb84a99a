/**
 * The command line for all that stands outside a worker: picocli commands, what they print and how they end. Started by
 * {@code deploy/headstream}; nothing in here is called by other packages but {@link ConnectionOptions}, {@link Terminal},
 * {@link Table} and {@link CommandException}.
 */
@NullMarked
package dev.headstream.loadgen.command;

import org.jspecify.annotations.NullMarked;
