/** Which hosts a flow may reach, told to Chromium and checked again at every top-level navigation. */
@NullMarked
package dev.headstream.worker.egress;

import org.jspecify.annotations.NullMarked;
