/**
 * Where the time of jobs goes: {@link dev.headstream.loadgen.offender.Offenders} ranks steps by it, out of results or out of
 * a worker's metrics, and says what each costs in jobs an hour. Pure; whoever reads results or metrics feeds it.
 */
@NullMarked
package dev.headstream.loadgen.offender;

import org.jspecify.annotations.NullMarked;
