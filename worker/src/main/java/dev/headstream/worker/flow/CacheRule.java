package dev.headstream.worker.flow;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a step's result may be reused for: by jobs of the same flow and version, for which the key and everything that the
 * step refers to have the same values.
 *
 * @param key equal keys have equal results
 * @param ttl how long a result is fresh
 * @param negativeTtl how long a failure that the page itself is the reason for is fresh; empty: it is not kept
 * @param shared whether results are the same whoever is logged in; otherwise only jobs share them that are of the same session and
 *     equal in all that the steps before it refer to
 * @param uses what the step's actions refer to
 */
public record CacheRule(
        Template key, Duration ttl, Optional<Duration> negativeTtl, boolean shared, Set<Reference> uses) {
    public CacheRule {
        uses = Collections.unmodifiableSet(new LinkedHashSet<>(uses));
    }
}
