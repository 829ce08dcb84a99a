/**
 * The demo, which is also a gate: the whole product on one machine, from events in Kafka to results read back, with the
 * figures that it is judged by. {@link dev.headstream.loadgen.demo.Demo} is the wiring; the command calls nothing else.
 */
@NullMarked
package dev.headstream.loadgen.demo;

import org.jspecify.annotations.NullMarked;
