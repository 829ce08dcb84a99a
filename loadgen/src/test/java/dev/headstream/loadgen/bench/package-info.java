@NullMarked
package dev.headstream.loadgen.bench;

import org.jspecify.annotations.NullMarked;
