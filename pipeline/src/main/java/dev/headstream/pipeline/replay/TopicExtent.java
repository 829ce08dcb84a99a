package dev.headstream.pipeline.replay;

import java.time.Instant;
import java.util.Optional;

/**
 * What one partition of the jobs topic holds.
 *
 * @param beginning the oldest offset that is kept
 * @param stableEnd behind the newest event that is committed
 * @param end behind the newest record, of open transactions as well
 * @param oldest the time of the oldest record that is kept; empty if there is none
 */
record TopicExtent(long beginning, long stableEnd, long end, Optional<Instant> oldest) {}
