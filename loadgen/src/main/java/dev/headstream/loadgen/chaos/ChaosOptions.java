package dev.headstream.loadgen.chaos;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the suite is to do.
 *
 * @param launcher program and first arguments that start a worker or a replay when their command follows
 * @param flows the folder with the flow {@code order}, for workers with a browser
 * @param seed of all that is random
 * @param rounds how often cases that repeat themselves do so; 0 for as often as each needs
 * @param quick whether cases are cut short to what shows the guarantee at all
 * @param keep where the logs of cases are kept; null to delete them
 */
public record ChaosOptions(
        List<String> launcher, Path flows, long seed, int rounds, boolean quick, @Nullable Path keep) {
    public ChaosOptions {
        launcher = List.copyOf(launcher);
        if (rounds < 0 || rounds > 10_000) {
            throw new IllegalArgumentException("--rounds must be 1 to 10,000, not " + rounds);
        }
    }
}
