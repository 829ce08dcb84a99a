package dev.headstream.loadgen.bench.pipeline;

import dev.headstream.loadgen.bench.Samples;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one contender did with one workload: medians over its rounds. The field names are those of the JSON report.
 *
 * @param contender {@link Contender#id()}
 * @param workload what it was given
 * @param records events a round
 * @param contexts how many may be worked on at a time
 * @param efficiency sum of the work by contexts x wall time; 0 where there is no work
 * @param recordsPerSecond results by wall time, from the first event's release to the last result that anybody can read
 * @param cpuMicrosPerRecord processor time of the contender's process
 * @param p50AddedMillis median of the time from the event to its result, less its work; 0 where events are not sent in time
 * @param p99AddedMillis what 99 of 100 did not exceed
 * @param repeated results beyond one for each event, in all rounds together
 * @param liveHeapGrowthMegabytes what the heap held after collections in the last fifth of the phase, less the first fifth
 * @param rounds how many rounds the medians are of
 */
public record PhaseFigures(
        String contender,
        String workload,
        int records,
        int contexts,
        double efficiency,
        double recordsPerSecond,
        double cpuMicrosPerRecord,
        double p50AddedMillis,
        double p99AddedMillis,
        int repeated,
        int liveHeapGrowthMegabytes,
        int rounds) {

    /** The medians of the same phase over the rounds. */
    static PhaseFigures medianOf(List<PhaseFigures> rounds) {
        PhaseFigures first = rounds.get(0);
        return new PhaseFigures(
                first.contender,
                first.workload,
                first.records,
                first.contexts,
                thousandths(median(rounds, PhaseFigures::efficiency)),
                thousandths(median(rounds, PhaseFigures::recordsPerSecond)),
                thousandths(median(rounds, PhaseFigures::cpuMicrosPerRecord)),
                thousandths(median(rounds, PhaseFigures::p50AddedMillis)),
                thousandths(median(rounds, PhaseFigures::p99AddedMillis)),
                rounds.stream().mapToInt(PhaseFigures::repeated).sum(),
                (int) Math.round(median(rounds, PhaseFigures::liveHeapGrowthMegabytes)),
                rounds.size());
    }

    private static double median(List<PhaseFigures> rounds, ToDoubleFunction<PhaseFigures> figure) {
        return Samples.median(rounds.stream().mapToDouble(figure).toArray());
    }

    private static double thousandths(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
