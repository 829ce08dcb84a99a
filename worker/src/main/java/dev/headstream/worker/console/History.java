package dev.headstream.worker.console;

import dev.headstream.worker.capacity.MemoryReading;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the last minutes were like, a point every {@link #EVERY}. Bounded; thread-safe. */
final class History {
    static final Duration EVERY = Duration.ofSeconds(5);
    private static final int KEPT = 180;

    private final Recent<Point> points = new Recent<>(KEPT);

    /**
     * One moment.
     *
     * @param jobs terminal records since the start
     * @param time of jobs since the start
     * @param used contexts with a job
     * @param limit contexts allowed
     */
    record Point(Instant at, long jobs, Figures.JobTime time, int used, int limit, Optional<MemoryReading> memory) {}

    void add(Point point) {
        points.add(point);
    }

    /** Oldest first. */
    List<Point> points() {
        return points.all();
    }

    /**
     * The jobs an hour over the last points, at least two of them: from the first that is no older than the window, to
     * now. Empty if nothing can be said yet.
     */
    Optional<Rate> rate(Duration window, Instant now, long jobsNow) {
        Instant from = now.minus(window);
        return points().stream()
                .filter(point -> !point.at().isBefore(from))
                .findFirst()
                .filter(first -> Duration.between(first.at(), now).compareTo(EVERY.multipliedBy(2)) >= 0)
                .map(first -> {
                    double seconds = Duration.between(first.at(), now).toMillis() / 1_000.0;
                    return new Rate(Math.round((jobsNow - first.jobs()) * 3_600 / seconds), Math.round(seconds));
                });
    }

    /** What jobs took within the window; what all took, if none ended in it. */
    double averageJobMillis(Duration window, Instant now, Figures.JobTime timeNow) {
        Instant from = now.minus(window);
        return points().stream()
                .filter(point -> !point.at().isBefore(from))
                .findFirst()
                .map(first -> timeNow.since(first.time()))
                .filter(recent -> recent.jobs() > 0)
                .orElse(timeNow)
                .average();
    }

    /** A rate and the time that it is of. */
    record Rate(long jobsPerHour, long seconds) {}
}
