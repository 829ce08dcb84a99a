package dev.headstream.worker.capacity;

import java.util.EnumMap;
import java.util.Map;

/**
 * What the processes of a worker used at one moment.
 *
 * @param bytes memory by kind of process; kinds that do not run are not in it
 * @param processes how many processes were counted
 * @param estimated how many of them would not tell their PSS, so that an estimate from their RSS stands for it
 */
public record MemoryReading(Map<ProcessKind, Long> bytes, int processes, int estimated) {
    public MemoryReading {
        bytes = bytes.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(bytes));
    }

    /** All kinds together. */
    public long totalBytes() {
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What one kind uses; zero if none runs. */
    public long bytes(ProcessKind kind) {
        return bytes.getOrDefault(kind, 0L);
    }
}
