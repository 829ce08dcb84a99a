package dev.headstream.loadgen.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run is to do.
 *
 * @param jobs how many to send
 * @param contexts how many may run at the same time
 * @param partitions of the topics, where they do not exist yet
 * @param json where to write the figures; null for nowhere
 * @param data where to keep the stack, the worker's log and its artifacts; null for a temporary folder
 * @param workerCommand program and arguments that start a worker, which is configured by its environment
 * @param flows the folder with the flow {@code demo}
 * @param patience how long to wait without a new result before giving up
 */
public record DemoOptions(
        int jobs,
        int contexts,
        int partitions,
        @Nullable Path json,
        @Nullable Path data,
        List<String> workerCommand,
        Path flows,
        Duration patience) {
    public DemoOptions {
        if (jobs < 1 || jobs > 1_000_000) {
            throw new IllegalArgumentException("--jobs must be 1 to 1,000,000, not " + jobs);
        }
        if (contexts < 1 || contexts > 256) {
            throw new IllegalArgumentException("--contexts must be 1 to 256, not " + contexts);
        }
        if (partitions < 1 || partitions > 1_000) {
            throw new IllegalArgumentException("--partitions must be 1 to 1,000, not " + partitions);
        }
        workerCommand = List.copyOf(workerCommand);
    }
}
