package dev.headstream.loadgen.offender;

import java.util.OptionalLong;

/**
 * How many jobs an hour are possible, by Little's law: the contexts that are in use are the jobs that begin in a second,
 * times the seconds that each takes; so with all of them in use {@code jobs/hour = contexts x 3600 / average job seconds}.
 *
 * @param contexts jobs at the same time
 * @param jobMillis average time of a job in its context
 */
public record Capacity(int contexts, double jobMillis) {
    private static final double MILLIS_AN_HOUR = 3_600_000;

    /** What is possible without pauses between jobs; 0 if nothing is known. */
    public long jobsPerHour() {
        return jobMillis > 0 ? Math.round(contexts * MILLIS_AN_HOUR / jobMillis) : 0;
    }

    /** What would be possible if a step took no time; empty if nothing would be left of a job. */
    public OptionalLong without(double stepMillisPerJob) {
        double left = jobMillis - stepMillisPerJob;
        return left < 1 ? OptionalLong.empty() : OptionalLong.of(Math.round(contexts * MILLIS_AN_HOUR / left));
    }
}
