package dev.headstream.worker.rehearsal;

import dev.headstream.v1.JobRequested;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What a job of the flow {@code rehearsal} does, as its event's inputs say.
 *
 * @param steps how many steps it has, {@code step-1} and on
 * @param millis how long each takes; the median where {@code sigma} is not 0
 * @param sigma spread of a log-normal distribution of the times, 0 for none
 * @param once the number of the step that must run once, 0 for none
 * @param failures how many attempts fail in the last step, so that they are tried again
 * @param outputBytes how long its output is
 * @param endless whether its last step never ends, and listens to nobody
 * @param seed of its times
 */
record Script(
        int steps, int millis, double sigma, int once, int failures, int outputBytes, boolean endless, long seed) {
    private static final Set<String> INPUTS =
            Set.of("steps", "millis", "sigma", "once", "failures", "outputBytes", "endless", "seed");

    private static final double LONGEST_MILLIS = 3_600_000;

    /** Reads a script whose inputs have no {@link #problems}. */
    static Script of(JobRequested request) {
        Map<String, String> inputs = request.getInputs();
        return new Script(
                (int) number(inputs, "steps", 1),
                (int) number(inputs, "millis", 0),
                number(inputs, "sigma", 0),
                (int) number(inputs, "once", 0),
                (int) number(inputs, "failures", 0),
                (int) number(inputs, "outputBytes", 0),
                Boolean.parseBoolean(inputs.get("endless")),
                (long) number(inputs, "seed", request.getJobId().hashCode()));
    }

    /** What is wrong with inputs. */
    static List<String> problems(Map<String, String> inputs) {
        List<String> problems = new ArrayList<>();
        inputs.keySet().stream()
                .filter(name -> !INPUTS.contains(name))
                .forEach(name -> problems.add("the flow rehearsal has no input '" + name + "'"));
        check(inputs, "steps", 1, 1_000, problems);
        check(inputs, "millis", 0, LONGEST_MILLIS, problems);
        check(inputs, "sigma", 0, 5, problems);
        check(inputs, "once", 0, 1_000, problems);
        check(inputs, "failures", 0, 100, problems);
        check(inputs, "outputBytes", 0, 64 << 20, problems);
        check(inputs, "seed", -1e15, 1e15, problems);
        return problems;
    }

    private static void check(
            Map<String, String> inputs, String name, double least, double most, List<String> problems) {
        try {
            double value = number(inputs, name, least);
            if (value < least || value > most) {
                problems.add("input '" + name + "' must be " + least + " to " + most + ", not " + value);
            }
        } catch (NumberFormatException e) {
            problems.add("input '" + name + "' must be a number, not '" + inputs.get(name) + "'");
        }
    }

    private static double number(Map<String, String> inputs, String name, double otherwise) {
        String given = inputs.get(name);
        return given == null ? otherwise : Double.parseDouble(given);
    }

    /** How long a step takes; the same each time it runs. */
    Duration time(int step) {
        if (sigma == 0) {
            return Duration.ofMillis(millis);
        }
        Random random = new Random(seed * 31 + step);
        double drawn = millis * Math.exp(sigma * random.nextGaussian());
        return Duration.ofNanos((long) (Math.min(drawn, LONGEST_MILLIS) * 1_000_000));
    }

    /** Its output as JSON. */
    String output() {
        return "{\"filling\":\"" + "x".repeat(outputBytes) + "\"}";
    }
}
