@NullMarked
package dev.headstream.loadgen.chaos;

import org.jspecify.annotations.NullMarked;
