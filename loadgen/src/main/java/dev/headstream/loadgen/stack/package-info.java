/**
 * The parts a machine needs around a worker when there is no cluster at hand: Kafka brokers and a schema registry inside
 * this JVM, the topics and subjects in them, and the fixture by which tests reach a Kafka. Used by the commands, the demo
 * and the integration tests of every module; a worker never depends on it.
 */
@NullMarked
package dev.headstream.loadgen.stack;

import org.jspecify.annotations.NullMarked;
