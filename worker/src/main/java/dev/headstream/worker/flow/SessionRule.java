package dev.headstream.worker.flow;

import java.time.Duration;
import java.util.Optional;

/**
 * How jobs of a flow share a logged-in context.
 *
 * @param key jobs with equal keys may follow one another in the same context
 * @param maxUses the context is recycled after so many jobs
 * @param ttl the context is recycled after so long
 * @param login the step that logs in
 */
public record SessionRule(Template key, int maxUses, Duration ttl, Optional<String> login) {}
