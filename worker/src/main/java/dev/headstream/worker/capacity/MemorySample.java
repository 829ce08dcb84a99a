package dev.headstream.worker.capacity;

/** What the worker's processes use and what they may use, at one moment. */
public record MemorySample(MemoryReading reading, MemoryLimit limit) {

    /** The used share of the limit; above 1 if the limit is exceeded. */
    public double share() {
        return (double) reading.totalBytes() / limit.bytes();
    }
}
