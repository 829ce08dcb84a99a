package dev.headstream.worker.management;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The named checks behind {@code /livez} and {@code /readyz}. Alive means that only a restart would help if it were not
 * so; a worker whose contexts are all busy is alive. Ready means that it takes work: started, and not draining.
 * Thread-safe.
 */
public final class Health {

    /** Where the worker is in its life; the first readiness check. */
    public enum Phase {
        STARTING,
        RUNNING,
        DRAINING,
        STOPPED
    }

    /** Looks at one thing. Quick, never blocks, called on any thread; an exception counts as down. */
    @FunctionalInterface
    public interface Check {
        Status look();
    }

    /** What a check found; the reason is for a person and says what is so, also when all is well. */
    public record Status(boolean up, String reason) {
        public static Status up(String reason) {
            return new Status(true, reason);
        }

        public static Status down(String reason) {
            return new Status(false, reason);
        }
    }

    /** A check and what it found. */
    public record Named(String name, Status status) {}

    /** What all checks of one kind found. */
    public record Report(List<Named> checks) {
        public Report {
            checks = List.copyOf(checks);
        }

        public boolean up() {
            return checks.stream().allMatch(check -> check.status().up());
        }
    }

    private final Map<String, Check> liveness = new LinkedHashMap<>();
    private final Map<String, Check> readiness = new LinkedHashMap<>();
    private volatile Phase phase = Phase.STARTING;

    /** A worker that is starting, and has no checks but that of its phase. */
    public Health() {
        readiness.put(
                "phase", () -> new Status(phase == Phase.RUNNING, phase.name().toLowerCase(Locale.ROOT)));
    }

    /** Adds a check of whether the worker must be restarted. */
    public void liveness(String name, Check check) {
        add(liveness, name, check);
    }

    /** Adds a check of whether the worker takes work. */
    public void readiness(String name, Check check) {
        add(readiness, name, check);
    }

    /** Says where the worker is in its life. */
    public void enter(Phase next) {
        phase = next;
    }

    public Phase phase() {
        return phase;
    }

    /** Whether a restart would help. */
    public Report live() {
        return look(liveness);
    }

    /** Whether the worker takes work. */
    public Report ready() {
        return look(readiness);
    }

    private synchronized void add(Map<String, Check> checks, String name, Check check) {
        if (checks.putIfAbsent(name, check) != null) {
            throw new IllegalArgumentException("there is a check named " + name + " already");
        }
    }

    private Report look(Map<String, Check> checks) {
        Map<String, Check> now;
        synchronized (this) {
            now = new LinkedHashMap<>(checks);
        }
        List<Named> found = new ArrayList<>();
        now.forEach((name, check) -> found.add(new Named(name, look(check))));
        return new Report(found);
    }

    private static Status look(Check check) {
        try {
            return check.look();
        } catch (RuntimeException broken) {
            return Status.down("the check failed: " + broken);
        }
    }
}
