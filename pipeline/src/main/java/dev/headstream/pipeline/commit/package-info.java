/**
 * The way out: results, dead letters, journal and offsets leave together, fenced by ownership; in transactions or without,
 * as the delivery mode says. The only package that touches a {@code Producer}.
 */
@NullMarked
package dev.headstream.pipeline.commit;

import org.jspecify.annotations.NullMarked;
