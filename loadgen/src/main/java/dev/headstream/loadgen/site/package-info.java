/**
 * A demonstration portal on loopback: a login, a catalogue with a slow backend, a cart and the pages that browsers
 * trip over. Demo, tests and benches drive it; all load of this project goes here. Callers see {@link
 * dev.headstream.loadgen.site.DemoSite}, its options and its counters.
 */
@NullMarked
package dev.headstream.loadgen.site;

import org.jspecify.annotations.NullMarked;
