/**
 * How settings are given, read and refused: sources in order of precedence, typed keys with ranges and defaults,
 * secrets by reference, and all problems in one report. Knows no particular key; {@link
 * dev.headstream.worker.WorkerConfig} declares them.
 */
@NullMarked
package dev.headstream.worker.setting;

import org.jspecify.annotations.NullMarked;
