/** The contracts: Avro records on Confluent wire format, the schema registry and the topics. */
@NullMarked
package dev.headstream.schemas;

import org.jspecify.annotations.NullMarked;
