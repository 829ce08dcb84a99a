@NullMarked
package dev.headstream.loadgen.site;

import org.jspecify.annotations.NullMarked;
