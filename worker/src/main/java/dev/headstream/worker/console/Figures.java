package dev.headstream.worker.console;

import dev.headstream.pipeline.metrics.MeterSpec;
import dev.headstream.pipeline.metrics.Meters;
import dev.headstream.worker.management.WorkerMeters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What the meters say, in the terms of the console: everything that is counted is counted there, once. The ranking and the
 * capacity are those of {@code headstream offenders}. Thread-safe.
 */
final class Figures {
    private static final double MILLIS_AN_HOUR = 3_600_000;

    private final MeterRegistry registry;

    Figures(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * A step over all attempts since the start.
     *
     * @param share of the time of all steps, 0 to 1
     * @param jobsPerHourWithout what would be possible if it took no time; 0 for any number
     */
    record StepFigures(
            StepTimes.Name name,
            long calls,
            double share,
            double overBudgetSeconds,
            long cached,
            long coalesced,
            long failed,
            long jobsPerHourWithout) {}

    /** Terminal records by how they ended. */
    Map<String, Long> outcomes() {
        return byTag(Meters.JOBS.spec(), "outcome");
    }

    long jobs() {
        return outcomes().values().stream().mapToLong(Long::longValue).sum();
    }

    /** How many jobs ended, and their time in contexts together. */
    record JobTime(long jobs, double millis) {
        JobTime since(JobTime earlier) {
            return new JobTime(jobs - earlier.jobs, millis - earlier.millis);
        }

        /** 0 if there were none. */
        double average() {
            return jobs == 0 ? 0 : millis / jobs;
        }
    }

    /** Of all jobs since the start. */
    JobTime jobTime() {
        List<Timer> timers = timers(Meters.JOB_DURATION.spec());
        return new JobTime(timers.stream().mapToLong(Timer::count).sum(), millis(timers));
    }

    /** Little's law: the jobs an hour that these contexts can do without a pause; 0 if nothing is known. */
    static long possibleJobsPerHour(int contexts, double jobMillis) {
        return jobMillis >= 1 ? Math.round(contexts * MILLIS_AN_HOUR / jobMillis) : 0;
    }

    /**
     * Steps by their share of the time of all steps, the worst first.
     *
     * @param jobMillis what a job takes now, of which each step has the part that it had since the start
     */
    List<StepFigures> steps(int contexts, double jobMillis) {
        Map<StepTimes.Name, List<Timer>> bySteps = new LinkedHashMap<>();
        timers(Meters.STEP_DURATION.spec())
                .forEach(timer -> bySteps.computeIfAbsent(name(timer.getId()), name -> new ArrayList<>())
                        .add(timer));
        double all = bySteps.values().stream().mapToDouble(Figures::millis).sum();
        double jobs = jobTime().millis();
        List<StepFigures> steps = new ArrayList<>();
        bySteps.forEach((name, timers) -> steps.add(new StepFigures(
                name,
                timers.stream().mapToLong(Timer::count).sum(),
                all == 0 ? 0 : millis(timers) / all,
                registry
                        .find(Meters.STEP_OVER_BUDGET.spec().name())
                        .tags("flow", name.flow(), "step", name.step())
                        .counters()
                        .stream()
                        .mapToDouble(Counter::count)
                        .sum(),
                count(timers, "cached"),
                count(timers, "coalesced"),
                count(timers, "failed"),
                jobs < 1 ? 0 : possibleJobsPerHour(contexts, jobMillis * (1 - millis(timers) / jobs)))));
        steps.sort(Comparator.comparingDouble(StepFigures::share).reversed());
        return steps;
    }

    /** A counter over all of its tags. */
    long total(MeterSpec spec) {
        return Math.round(registry.find(spec.name()).counters().stream()
                .mapToDouble(Counter::count)
                .sum());
    }

    /** How often something with this tag was timed. */
    long timed(MeterSpec spec, String tag, String value) {
        return registry.find(spec.name()).tag(tag, value).timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    /** A counter by the values of one of its tags; zeros are left out. */
    Map<String, Long> byTag(MeterSpec spec, String tag) {
        Map<String, Long> counts = new TreeMap<>();
        registry.find(spec.name()).counters().forEach(counter -> {
            long count = Math.round(counter.count());
            if (count > 0) {
                counts.merge(tag(counter.getId(), tag), count, Long::sum);
            }
        });
        return counts;
    }

    /** A gauge that there is one of; 0 if there is none yet. */
    long gauge(MeterSpec spec) {
        return registry.find(spec.name()).gauges().stream()
                .mapToDouble(Gauge::value)
                .filter(Double::isFinite)
                .mapToLong(Math::round)
                .sum();
    }

    /** The flows whose circuit is not closed: 1 half open, 2 open. */
    Map<String, Long> circuits() {
        Map<String, Long> levels = new TreeMap<>();
        registry.find(WorkerMeters.CIRCUIT_STATE.spec().name()).gauges().stream()
                .filter(gauge -> gauge.value() > 0)
                .forEach(gauge -> levels.put(tag(gauge.getId(), "flow"), Math.round(gauge.value())));
        return levels;
    }

    private List<Timer> timers(MeterSpec spec) {
        return List.copyOf(registry.find(spec.name()).timers());
    }

    private static long count(List<Timer> timers, String outcome) {
        return timers.stream()
                .filter(timer -> tag(timer.getId(), "outcome").equals(outcome))
                .mapToLong(Timer::count)
                .sum();
    }

    private static double millis(List<Timer> timers) {
        return timers.stream()
                .mapToDouble(timer -> timer.totalTime(TimeUnit.MILLISECONDS))
                .sum();
    }

    private static StepTimes.Name name(Meter.Id id) {
        return new StepTimes.Name(tag(id, "flow"), tag(id, "step"));
    }

    private static String tag(Meter.Id id, String key) {
        return Objects.requireNonNullElse(id.getTag(key), "");
    }
}
