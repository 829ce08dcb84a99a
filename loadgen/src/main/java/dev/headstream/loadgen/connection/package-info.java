/**
 * How a command reaches a deployment: where its brokers and registry are and what its topics are called, and ready-made
 * Kafka clients for them. Everything that reads or writes a deployment's topics from outside a worker starts here.
 */
@NullMarked
package dev.headstream.loadgen.connection;

import org.jspecify.annotations.NullMarked;
