package dev.headstream.worker.capacity;

/**
 * How much memory the worker may use, and who says so.
 *
 * @param source for a person: {@code configured}, {@code cgroup v2 /path}, {@code machine} and the like
 */
public record MemoryLimit(long bytes, String source) {
    public MemoryLimit {
        if (bytes <= 0) {
            throw new IllegalArgumentException("a memory limit must be above zero, not " + bytes);
        }
    }
}
