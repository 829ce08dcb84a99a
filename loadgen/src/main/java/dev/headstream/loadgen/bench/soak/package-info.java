/** Whether a worker stays as lean and as quick as it was: many jobs in a row, and the trend of memory and times. */
@org.jspecify.annotations.NullMarked
package dev.headstream.loadgen.bench.soak;
