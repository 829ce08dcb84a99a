package dev.headstream.loadgen.bench;

import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Holds the times of steps against a file, so that no step gets slower without somebody seeing it. */
public final class StepsGuard {
    private StepsGuard() {}

    /** Remembers what steps take now. */
    public static void accept(List<StepsFigures> figures, Path file) throws IOException {
        StepsBaseline.of(figures).write(file);
    }

    /**
     * The steps that are slower than the file says, each in a line; empty if none is.
     *
     * @throws CommandException if the file holds no baseline
     */
    public static List<String> slower(List<StepsFigures> figures, Path file) {
        try {
            return StepsBaseline.read(file).regressions(StepsBaseline.of(figures)).stream()
                    .map(StepsGuard::line)
                    .toList();
        } catch (IOException failure) {
            throw new CommandException(
                    ExitCodes.NO_INPUT,
                    file + " holds no baseline (" + failure.getMessage() + "): write it anew with --accept",
                    failure);
        }
    }

    private static String line(StepsBaseline.Regression regression) {
        return "SLOWER  " + regression.step() + ": p95 " + Figures.duration(regression.nowMillis()) + ", was "
                + Figures.duration(regression.beforeMillis()) + "; surely more by "
                + Figures.duration(regression.surelyMillis());
    }
}
