package dev.headstream.worker.run;

import java.time.Duration;

/**
 * When a step must be done. Playwright's own timeouts end a little earlier than the watchdog does, so that there is time
 * to look what was on the page instead.
 */
final class TimeLimit {
    private static final Duration MOST_FOR_DIAGNOSIS = Duration.ofMillis(400);

    private final long end;
    private final Duration forDiagnosis;

    private TimeLimit(long end, Duration forDiagnosis) {
        this.end = end;
        this.forDiagnosis = forDiagnosis;
    }

    static TimeLimit startingNow(Duration limit) {
        Duration tenth = limit.dividedBy(10);
        return new TimeLimit(
                System.nanoTime() + limit.toNanos(),
                tenth.compareTo(MOST_FOR_DIAGNOSIS) < 0 ? tenth : MOST_FOR_DIAGNOSIS);
    }

    /** The sooner of this and of what may be taken from now on; a part of the whole needs no time for a look of its own. */
    TimeLimit within(Duration atMost) {
        long now = System.nanoTime();
        long left = Math.max(0, end - forDiagnosis.toNanos() - now);
        return new TimeLimit(now + Math.min(left, atMost.toNanos()), Duration.ZERO);
    }

    /** Whether there is no time left for another try. */
    boolean isOver() {
        return end - forDiagnosis.toNanos() - System.nanoTime() <= 0;
    }

    /** What is left; never negative. */
    Duration remaining() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** What an action may take, in Playwright's milliseconds; never 0, which would mean for ever. */
    double playwrightMillis() {
        return Math.max(
                1, Duration.ofNanos(end - System.nanoTime()).minus(forDiagnosis).toMillis());
    }

    /** What an action may take at most. */
    double playwrightMillis(Duration atMost) {
        return Math.max(1, Math.min(playwrightMillis(), (double) atMost.toMillis()));
    }
}
