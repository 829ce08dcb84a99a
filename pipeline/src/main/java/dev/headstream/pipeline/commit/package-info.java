/**
 * The way out: results, dead letters, journal and offsets leave together in one transaction, fenced by ownership. The only package that touches the transactional {@code Producer}.
 */
@NullMarked
package dev.headstream.pipeline.commit;

import org.jspecify.annotations.NullMarked;
