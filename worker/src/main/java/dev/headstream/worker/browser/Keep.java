package dev.headstream.worker.browser;

import java.time.Duration;

/**
 * Under what conditions a task shares a session, that is cookies and storage, with tasks before and after it.
 *
 * @param key tasks with equal keys may share; no two keys ever do
 * @param maxUses a session serves so many tasks at most
 * @param ttl and no task that begins later than this after it was made
 * @param reuse whether this task may go on in the session that is there; if not it begins a new one
 */
public record Keep(String key, int maxUses, Duration ttl, boolean reuse) {
    public Keep {
        if (maxUses < 1 || ttl.isNegative()) {
            throw new IllegalArgumentException(
                    "a session of " + maxUses + " uses and " + ttl.toMillis() + " ms: give it 1 use or more");
        }
    }
}
