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

/** The quick part of the chaos suite, with workers as processes of their own. */
@Timeout(400)
final class ChaosIT {
    private static final long SEED = 20_261_124;

    @Test
    void guarantees_givenWorkersKilledStoppedAndStarved_expectsThemKept() throws Exception {
        ChaosReport report = new Chaos(options(), Terminal.out()).run(List.of());

        assertThat(report.passed()).as(report.problems()).isTrue();
    }

    private static ChaosOptions options() {
        List<String> worker = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerMain.class.getName(),
                "worker");
        return new ChaosOptions(worker, Path.of("unused"), SEED, 0, true, null);
    }
}
