/** The commands of the worker's program that need no Kafka: checking, listing and running flows. */
@NullMarked
package dev.headstream.worker.command;

import org.jspecify.annotations.NullMarked;
