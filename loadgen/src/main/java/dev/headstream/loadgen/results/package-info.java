/**
 * Reads the result topic as any consumer may ({@code read_committed}, outside every group) and shows results as a table, in
 * detail or as JSON lines.
 */
@NullMarked
package dev.headstream.loadgen.results;

import org.jspecify.annotations.NullMarked;
