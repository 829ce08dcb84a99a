package dev.headstream.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.loadgen.chaos.Chaos;
import dev.headstream.loadgen.chaos.ChaosOptions;
import dev.headstream.loadgen.chaos.ChaosReport;
import dev.headstream.loadgen.console.Terminal;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A part of the chaos suite by a fixed seed, with workers as processes of their own; {@code headstream chaos} runs all of
 * it. Each mechanism behind a guarantee was taken out once, to see that a case notices:
 *
 * <ul>
 *   <li>the journal is not read when a partition is assigned: {@code kill-9} finds checkpointed steps run again (E), and
 *       reruns of what had ended long before (I)
 *   <li>no bitmap in the commit's metadata: {@code done-above-stuck} finds none of the finished offsets in the commit; the
 *       journal still keeps their jobs from running again
 *   <li>results are sent outside the transaction: {@code kill-9-commits} finds two results of what was under way (A)
 *   <li>attempts and steps begin without a recent proof of ownership: {@code sigstop} and {@code partitioned-worker} find
 *       steps run again that another worker had done (E, I)
 *   <li>the journal is read as far as readers of committed records see: {@code zombie-transaction} finds steps that must
 *       run once begun twice (E)
 *   <li>a worker does not notice that its clock was set: {@code clock-ahead} finds its partitions' jobs undone (A, G), and
 *       {@code clock-back} a worker that goes on for nothing
 *   <li>entries of an earlier assignment are not left out of a commit, or those whose offset is not in it:
 *       {@code CommitterTest} finds either written
 * </ul>
 */
@Timeout(400)
final class ChaosIT {
    private static final long SEED = 20_261_124;
    private static final List<String> CASES = List.of("kill-9", "sigstop", "done-above-stuck", "retry-in-downtime");

    @Test
    void guarantees_givenWorkersKilledAndStopped_expectsThemKept() throws Exception {
        ChaosReport report = new Chaos(options(), Terminal.out()).run(CASES);

        assertThat(report.passed()).as(report.problems()).isTrue();
    }

    private static ChaosOptions options() {
        List<String> launcher = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerMain.class.getName());
        return new ChaosOptions(launcher, Path.of("unused"), SEED, 0, true, null);
    }
}
