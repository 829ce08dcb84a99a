package dev.headstream.loadgen.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ProcessTreeTest {

    @Test
    void refresh_givenGrandchild_expectsItSeenAndItsCpuTimeKeptAfterItsEnd() throws Exception {
        assumeTrue(ProcessTree.isSupported(), "needs /proc/PID/smaps_rollup");
        // the inner shell counts until it is told to stop, then both end
        Process process = new ProcessBuilder(
                        "sh", "-c", "sh -c 'n=0; while [ $n -lt 400000 ]; do n=$((n+1)); done; sleep 30' & wait")
                .start();
        try {
            ProcessTree tree = new ProcessTree(process.pid());
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                tree.refresh();
                return tree.living().size() >= 2 && tree.cpuSeconds() > 0.05;
            });
            assertThat(tree.pssBytes()).isBetween(50_000L, 100_000_000L);

            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            double before = tree.cpuSeconds();
            await().atMost(Duration.ofSeconds(10)).until(() -> {
                tree.refresh();
                return tree.pssBytes() == 0;
            });

            assertThat(tree.cpuSeconds()).isGreaterThanOrEqualTo(before);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
