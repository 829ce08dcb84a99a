package dev.headstream.worker.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.worker.capacity.ConcurrencyLimit.Bounds;
import dev.headstream.worker.capacity.ConcurrencyLimit.Decision;
import dev.headstream.worker.capacity.ConcurrencyLimit.Reason;
import dev.headstream.worker.capacity.ConcurrencyLimit.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Runs the limit against a simulated worker with an endless queue: pages of different weight, a CPU that gets crowded,
 * jobs that hold their context until they end. Seeded, so that the report in the test resources is the same every time;
 * a change of the algorithm shows as a difference there. Write it anew with {@code -Dheadstream.update=true}.
 */
class CapacitySimulationTest {
    private static final Path REPORT = Path.of("src/test/resources/capacity-simulation.txt");
    private static final int SECONDS_PER_SAMPLE = 2;
    private static final double SOFT = 0.75;
    private static final double HARD = 0.90;

    /**
     * What the sites are like for a while.
     *
     * @param pageMib memory of one context
     * @param cpuPerJob share of the CPU that one running job takes
     */
    private record Phase(String name, int samples, double pageMib, double cpuPerJob) {}

    private static final List<Phase> PHASES = List.of(
            new Phase("light pages", 150, 30, 0.06),
            new Phase("heavy pages", 300, 130, 0.06),
            new Phase("light again", 300, 30, 0.06),
            new Phase("busy pages", 200, 30, 0.30),
            new Phase("light at last", 200, 30, 0.06));

    /** What became of one phase. */
    private static final class Tally {
        private final List<Integer> limits = new ArrayList<>();
        private int aboveHard;
        private double peak;
        private int jobs;
        private int changes;
    }

    private final Random random = new Random(42);
    private final ConcurrencyLimit limit = new ConcurrencyLimit(new Bounds(12, 2, SOFT));
    private final List<Running> running = new ArrayList<>();
    private final StringBuilder report = new StringBuilder();

    private static final class Running {
        private final double mib;
        private double left;

        Running(double mib, double seconds) {
            this.mib = mib;
            this.left = seconds;
        }
    }

    @Test
    void accept_givenChangingPages_expectsMemoryKeptAndCapacityUsed() throws IOException {
        List<Tally> tallies = new ArrayList<>();
        report.append("Limit of 12 contexts, 1024 MiB, soft 75%, hard 90%, 2 CPUs, a sample every 2 s, seed 42\n\n");
        for (Phase phase : PHASES) {
            tallies.add(run(phase));
        }
        summarize(tallies);

        if (Boolean.getBoolean("headstream.update")) {
            Files.writeString(REPORT, report);
        }
        assertThat(tallies).allSatisfy(tally -> assertThat(tally.peak).isLessThan(1.25));
        assertThat(tallies.get(0).limits).as("light pages").containsOnly(12);
        assertThat(tallies.get(1).aboveHard)
                .as("samples above hard with heavy pages")
                .isLessThan(15);
        assertThat(lastHalf(tallies.get(1))).as("heavy pages").allMatch(now -> now >= 1 && now <= 5);
        assertThat(tallies.get(2).limits.get(tallies.get(2).limits.size() - 1))
                .as("light again")
                .isEqualTo(12);
        assertThat(lastHalf(tallies.get(3))).as("busy pages").allMatch(now -> now >= 2 && now <= 9);
        assertThat(lastHalf(tallies.get(4))).as("light at last").anyMatch(now -> now >= 10);
        assertThat(report).hasToString(Files.readString(REPORT));
    }

    private Tally run(Phase phase) {
        Tally tally = new Tally();
        report.append(String.format(
                Locale.ROOT, "%s: %.0f MiB a page, %.2f CPU a job%n", phase.name, phase.pageMib, phase.cpuPerJob));
        for (int index = 0; index < phase.samples; index++) {
            double slowdown = work(phase, tally);
            Sample sample = new Sample(memory(), cpu(phase), slowdown, running.size());
            Decision decision = limit.accept(sample);
            tally.limits.add(decision.limit());
            tally.peak = Math.max(tally.peak, sample.memory());
            tally.aboveHard += sample.memory() > HARD ? 1 : 0;
            if (decision.reason() != Reason.STEADY) {
                tally.changes++;
                line(index * SECONDS_PER_SAMPLE, sample, decision);
            }
        }
        report.append('\n');
        return tally;
    }

    /** Lets the jobs run for the time of one sample and fills free contexts; returns how much slower they ran. */
    private double work(Phase phase, Tally tally) {
        double slowdown = Math.max(1, running.size() * phase.cpuPerJob / 2 / 0.95);
        running.forEach(job -> job.left -= SECONDS_PER_SAMPLE / slowdown);
        int before = running.size();
        running.removeIf(job -> job.left <= 0);
        tally.jobs += before - running.size();
        while (running.size() < limit.limit()) {
            double mib = phase.pageMib * (0.7 + 0.6 * random.nextDouble());
            running.add(new Running(mib, 3 + 12 * random.nextDouble()));
        }
        return slowdown;
    }

    private double memory() {
        double noise = 10 * random.nextDouble();
        return (330 + noise + running.stream().mapToDouble(job -> job.mib).sum()) / 1024;
    }

    private double cpu(Phase phase) {
        return Math.min(1, running.size() * phase.cpuPerJob / 2 + 0.05);
    }

    private void line(int second, Sample sample, Decision decision) {
        report.append(String.format(
                Locale.ROOT,
                "  %4d s  memory %3.0f%%  cpu %3.0f%%  slowdown %.2f  in use %2d  ->  limit %2d  %s%n",
                second,
                100 * sample.memory(),
                100 * sample.cpu(),
                sample.slowdown(),
                sample.inUse(),
                decision.limit(),
                decision.reason()));
    }

    private void summarize(List<Tally> tallies) {
        report.append("phase           mean limit  changes  jobs  peak memory  samples above hard\n");
        for (int index = 0; index < tallies.size(); index++) {
            Tally tally = tallies.get(index);
            report.append(String.format(
                    Locale.ROOT,
                    "%-15s %10.1f %8d %5d %11.0f%% %19d%n",
                    PHASES.get(index).name,
                    tally.limits.stream().mapToInt(Integer::intValue).average().orElseThrow(),
                    tally.changes,
                    tally.jobs,
                    100 * tally.peak,
                    tally.aboveHard));
        }
    }

    private static List<Integer> lastHalf(Tally tally) {
        return tally.limits.subList(tally.limits.size() / 2, tally.limits.size());
    }
}
