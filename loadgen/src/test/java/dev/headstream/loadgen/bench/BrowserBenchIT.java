package dev.headstream.loadgen.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class BrowserBenchIT {

    @Test
    void run_givenTwoDesigns_expectsBothMeasuredAndNothingLeft() throws Exception {
        BrowserBench.Settings settings =
                new BrowserBench.Settings(2, 2, 1, List.of(Design.RAW_CDP, Design.BROWSER_PER_LANE));
        List<Path> before = benchFolders();

        BrowserBench.Outcome outcome;
        try (BrowserBench bench =
                BrowserBench.open(settings, Workplace.find(System.getenv()), new Recorder(new ArrayList<>()))) {
            outcome = bench.run();
        }

        assertThat(outcome.problems()).isEmpty();
        assertThat(outcome.isComplete()).isTrue();
        assertThat(outcome.designs()).extracting(DesignResult::design).containsExactly("raw-cdp", "browser-per-lane");
        DesignResult floor = outcome.designs().get(0);
        DesignResult usual = outcome.designs().get(1);
        assertThat(floor.jobs()).isEqualTo(2);
        assertThat(floor.p50Millis()).isGreaterThan(200);
        assertThat(floor.cpuSecondsPerJob()).isPositive();
        assertThat(usual.pssBytes())
                .as("two browsers and two Nodes against one browser")
                .isGreaterThan(floor.pssBytes());
        await().atMost(Duration.ofSeconds(10))
                .until(() -> ProcessHandle.current().descendants().noneMatch(this::isArm));
        assertThat(benchFolders()).isEqualTo(before);
    }

    @Test
    void run_givenBrowserThatCannotStart_expectsDesignLeftOutWithReason() throws Exception {
        Workplace found = Workplace.find(System.getenv());
        Workplace broken = new Workplace(Path.of("/nonexistent/chromium"), found.node(), found.launcher());
        List<String> failures = new ArrayList<>();

        BrowserBench.Outcome outcome;
        try (BrowserBench bench = BrowserBench.open(
                new BrowserBench.Settings(1, 1, 2, List.of(Design.RAW_CDP)), broken, new Recorder(failures))) {
            outcome = bench.run();
        }

        assertThat(outcome.isComplete()).isFalse();
        assertThat(outcome.designs()).isEmpty();
        assertThat(outcome.problems().get(Design.RAW_CDP)).contains("exit code 1", "/nonexistent/chromium");
        assertThat(failures).hasSize(1);
    }

    private boolean isArm(ProcessHandle process) {
        return process.info().commandLine().orElse("").contains(ArmMain.class.getName());
    }

    private static List<Path> benchFolders() throws Exception {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(path -> path.getFileName().toString().startsWith("headstream-bench"))
                    .sorted()
                    .toList();
        }
    }

    private record Recorder(List<String> failures) implements BrowserBench.Listener {
        @Override
        public void working(int round, Design design, long openedPages) {}

        @Override
        public void measured(int round, Design design, String summary) {}

        @Override
        public void failed(int round, Design design, String problem) {
            failures.add(problem);
        }
    }
}
