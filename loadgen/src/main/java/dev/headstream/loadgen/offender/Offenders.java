package dev.headstream.loadgen.offender;

import dev.headstream.v1.JobResult;
import dev.headstream.v1.StepReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Steps by their share of the time of all steps, the worst first, and what jobs take. Immutable.
 *
 * @param jobs how many ended
 * @param capacity how many are possible
 * @param busyContexts contexts in use on average; 0 if it is not known
 * @param steps the worst first
 */
public record Offenders(long jobs, Capacity capacity, double busyContexts, List<StepFigures> steps) {

    public Offenders {
        steps = steps.stream()
                .sorted(Comparator.comparingLong(StepFigures::millis).reversed())
                .toList();
    }

    /** A step's share of the time of all steps, 0 to 1. */
    public double share(StepFigures step) {
        long all = steps.stream().mapToLong(StepFigures::millis).sum();
        return all == 0 ? 0 : (double) step.millis() / all;
    }

    /** How often a job comes to a step, on average over all jobs. */
    public double callsPerJob(StepFigures step) {
        return jobs == 0 ? 0 : (double) step.calls() / jobs;
    }

    /** The jobs an hour that would be possible without a step; empty if any number would. */
    public OptionalLong jobsPerHourWithout(StepFigures step) {
        return capacity.without(jobs == 0 ? 0 : (double) step.millis() / jobs);
    }

    /** Collects results. Only the first of each execution counts. Confined to one thread. */
    public static final class Collector {
        private final Set<String> seen = new HashSet<>();
        private final Map<StepFigures.Name, StepTally> tallies = new LinkedHashMap<>();
        private final List<long[]> spans = new ArrayList<>();

        /** Takes a result. */
        public void add(JobResult result) {
            if (!seen.add(result.getExecutionId())) {
                return;
            }
            long end = result.getCompletedAt().toEpochMilli();
            spans.add(new long[] {end - result.getRunMillis(), end});
            for (StepReport step : result.getSteps()) {
                tallies.computeIfAbsent(
                                new StepFigures.Name(result.getFlow(), step.getName()),
                                name -> new StepTally(step.getBudgetMillis()))
                        .add(step);
            }
        }

        /**
         * What the results come to.
         *
         * @param contexts jobs at the same time; 0 to take the most that the results show
         */
        public Offenders offenders(int contexts) {
            long sum = spans.stream().mapToLong(span -> span[1] - span[0]).sum();
            double average = spans.isEmpty() ? 0 : (double) sum / spans.size();
            long first = spans.stream().mapToLong(span -> span[0]).min().orElse(0);
            long last = spans.stream().mapToLong(span -> span[1]).max().orElse(0);
            return new Offenders(
                    spans.size(),
                    new Capacity(contexts > 0 ? contexts : mostAtATime(), average),
                    last > first ? (double) sum / (last - first) : 0,
                    tallies.entrySet().stream()
                            .map(entry -> entry.getValue().figures(entry.getKey()))
                            .toList());
        }

        private int mostAtATime() {
            List<long[]> byStart = new ArrayList<>(spans);
            byStart.sort(Comparator.comparingLong(span -> span[0]));
            PriorityQueue<Long> ends = new PriorityQueue<>();
            int most = 0;
            for (long[] span : byStart) {
                while (!ends.isEmpty() && ends.peek() <= span[0]) {
                    ends.poll();
                }
                ends.add(span[1]);
                most = Math.max(most, ends.size());
            }
            return most;
        }
    }
}
