package dev.headstream.worker.capacity;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells whether steps take longer than they usually do, each compared with its own past, because flows differ too much
 * for a common mean. What is usual follows faster times quickly and slower ones slowly, so that it stays what the step
 * takes when the machine is not crowded. Thread-safe.
 */
public final class StepSlowdown {
    private static final int MAX_STEPS = 1_000;
    private static final double TOWARDS_FASTER = 0.2;
    private static final double TOWARDS_SLOWER = 0.01;

    private final Map<Step, Double> usualMillis = new HashMap<>();
    private double ratios;
    private int count;

    private record Step(String flow, String step) {}

    /** A step ran; cached and failed ones do not count. */
    public synchronized void record(String flow, String step, Duration took) {
        double millis = Math.max(1, took.toMillis());
        Step key = new Step(flow, step);
        Double usual = usualMillis.get(key);
        if (usual == null) {
            if (usualMillis.size() < MAX_STEPS) {
                usualMillis.put(key, millis);
            }
            return;
        }
        ratios += millis / usual;
        count++;
        usualMillis.put(key, usual + (millis - usual) * (millis < usual ? TOWARDS_FASTER : TOWARDS_SLOWER));
    }

    /** The mean ratio to what is usual since the last call; 1 if no step ran. */
    public synchronized double take() {
        double mean = count == 0 ? 1 : ratios / count;
        ratios = 0;
        count = 0;
        return mean;
    }
}
