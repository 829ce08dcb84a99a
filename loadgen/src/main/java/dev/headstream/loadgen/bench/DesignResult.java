package dev.headstream.loadgen.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one design did: medians over its rounds. The field names are those of the JSON report.
 *
 * @param design {@link Design#id()}
 * @param site what it ran against
 * @param lanes jobs at a time
 * @param jobs jobs a round
 * @param failed jobs that failed, in all rounds together
 * @param jobsPerSecond finished jobs by wall time, from the first job's start to the last one's end
 * @param p50Millis median time of a job
 * @param p95Millis what 95 of 100 jobs of a round did not exceed
 * @param cpuSecondsPerJob processor time of the whole process tree, starting up not counted
 * @param pssBytes largest proportional set size of the whole process tree
 * @param rounds how many rounds the medians are of
 */
public record DesignResult(
        String design,
        String site,
        int lanes,
        int jobs,
        int failed,
        double jobsPerSecond,
        long p50Millis,
        long p95Millis,
        double cpuSecondsPerJob,
        long pssBytes,
        int rounds) {

    static DesignResult of(Design design, String site, int lanes, List<Arm.Measurement> rounds) {
        return new DesignResult(
                design.id(),
                site,
                lanes,
                rounds.isEmpty() ? 0 : rounds.get(0).report().jobs(),
                rounds.stream().mapToInt(round -> round.report().failed()).sum(),
                thousandths(median(rounds, round -> round.report().jobsPerSecond())),
                Math.round(median(rounds, round -> round.report().p50Millis())),
                Math.round(median(rounds, round -> round.report().p95Millis())),
                thousandths(median(rounds, Arm.Measurement::cpuSecondsPerJob)),
                Math.round(median(rounds, Arm.Measurement::pssPeakBytes)),
                rounds.size());
    }

    private static double median(List<Arm.Measurement> rounds, ToDoubleFunction<Arm.Measurement> figure) {
        return Samples.median(rounds.stream().mapToDouble(figure).toArray());
    }

    private static double thousandths(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
