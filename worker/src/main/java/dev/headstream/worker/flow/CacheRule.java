package dev.headstream.worker.flow;

import java.time.Duration;

/**
 * What a step's result may be reused for.
 *
 * @param key equal keys have equal results
 * @param ttl how long a result is fresh
 */
public record CacheRule(Template key, Duration ttl) {}
