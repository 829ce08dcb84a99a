/**
 * What all commands share towards the person at the terminal: how text is measured, coloured and laid in columns, and how
 * a command ends. Knows neither Kafka nor picocli.
 */
@NullMarked
package dev.headstream.loadgen.console;

import org.jspecify.annotations.NullMarked;
