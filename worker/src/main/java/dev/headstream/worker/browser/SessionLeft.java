package dev.headstream.worker.browser;

import java.time.Duration;

/**
 * What is left of a session that a task left.
 *
 * @param time until it is too old to serve; never negative
 * @param uses how many more tasks it may serve; 1 or more
 */
public record SessionLeft(Duration time, int uses) {}
