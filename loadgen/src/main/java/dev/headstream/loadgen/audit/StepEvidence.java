package dev.headstream.loadgen.audit;

import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is known of the steps apart from Kafka: which were begun and ended, when and by which process, and what was done to
 * the processes. Told by rehearsing workers, which append a line to a file before and after each step.
 *
 * @param moments in the order in which they were noted
 * @param onceSteps the step that must run once, by execution
 * @param cuts moments from which on the work of a process may not have counted: it was killed, stopped or cut off
 * @param contexts how many jobs a process may run at the same time
 */
public record StepEvidence(List<StepMoment> moments, Map<String, String> onceSteps, List<Cut> cuts, int contexts) {
    public StepEvidence {
        moments = List.copyOf(moments);
        onceSteps = Map.copyOf(onceSteps);
        cuts = List.copyOf(cuts);
    }

    /** A beginning or end of a step. */
    public record StepMoment(Kind kind, String executionId, String step, int attempt, long micros, long pid) {

        /** What happened. */
        public enum Kind {
            BEGIN,
            END,
            /** It failed as it was meant to, to be tried again. */
            FAIL,
            /** It was cut short. */
            STOP
        }

        private static StepMoment parse(String line) {
            String[] fields = line.split("\t", -1);
            return new StepMoment(
                    Kind.valueOf(fields[0].toUpperCase(java.util.Locale.ROOT)),
                    fields[1],
                    fields[2],
                    Integer.parseInt(fields[3]),
                    Long.parseLong(fields[4]),
                    Long.parseLong(fields[5]));
        }
    }

    /** From this moment on, in microseconds since the epoch, what a process did may not have counted. */
    public record Cut(long pid, long micros) {}

    /**
     * Reads the lines of a file; none if there is no file, because no step was begun.
     *
     * @throws CommandException if it cannot be read
     */
    public static List<StepMoment> read(Path file) {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return Files.readAllLines(file).stream().map(StepMoment::parse).toList();
        } catch (IOException | RuntimeException failure) {
            throw new CommandException(
                    ExitCodes.NO_INPUT, "cannot read the evidence of steps " + file + ": " + failure, failure);
        }
    }
}
