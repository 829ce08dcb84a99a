/**
 * From what a person gives (options, JSON lines, CSV) to job events in Kafka: everything is read and checked before
 * anything is sent, and every problem is named with its line.
 */
@NullMarked
package dev.headstream.loadgen.submit;

import org.jspecify.annotations.NullMarked;
