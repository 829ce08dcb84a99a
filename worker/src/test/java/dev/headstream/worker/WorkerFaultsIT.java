package dev.headstream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.headstream.v1.JobRequested;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever is killed under a running worker, and the worker itself: each job gets one result. */
@Timeout(300)
final class WorkerFaultsIT {
    private static final int JOBS = 60;
    private static final Duration NOTICE = Duration.ofSeconds(15);

    static TestDeployment deployment;

    @BeforeAll
    static void open() throws IOException {
        deployment = TestDeployment.open(WorkerFaultsIT.class, 4);
    }

    @AfterAll
    static void close() throws IOException {
        deployment.close();
    }

    @Test
    void jobs_givenRendererBrowserAndNodeKilledWhileTheyRun_expectsOneSuccessEach() throws Exception {
        WorkerProcess worker = deployment.working();
        List<JobRequested> jobs = deployment.jobs("parts", JOBS, Duration.ofMillis(300));
        deployment.send(jobs);

        deployment.awaitResults("parts", 6);
        ProcessHandle renderer = worker.renderers().get(0);
        renderer.destroyForcibly();
        deployment.awaitResults("parts", 18);
        ProcessHandle browser = worker.browser();
        browser.destroyForcibly();
        deployment.awaitResults("parts", 34);
        ProcessHandle node = worker.node();
        node.destroyForcibly();
        int whenNodeWasKilled = deployment.results("parts").size();

        deployment.awaitResults("parts", JOBS);
        assertOneSuccessEach(jobs, "parts");
        assertThat(whenNodeWasKilled).as("results before the last kill").isLessThan(JOBS);
        assertThat(List.of(renderer, browser, node)).noneMatch(WorkerProcess::runs);
        assertThat(worker.browser().pid()).isNotEqualTo(browser.pid());
        assertThat(worker.node().pid()).isNotEqualTo(node.pid());
        assertThat(worker.isAlive()).isTrue();
    }

    @Test
    void jobs_givenWorkerKilled_expectsNextToFinishThemOnceAndNoBrowserLeft() throws Exception {
        WorkerProcess killed = deployment.working();
        List<JobRequested> jobs = deployment.jobs("killed", JOBS, Duration.ofMillis(300));
        deployment.send(jobs);
        deployment.awaitResults("killed", 10);

        List<ProcessHandle> tree = killed.tree();
        assertThat(tree).hasSizeGreaterThan(3);
        killed.kill();
        await().atMost(Duration.ofSeconds(5)).until(() -> tree.stream().noneMatch(WorkerProcess::runs));
        assertThat(deployment.results("killed"))
                .as("results of the worker that was killed")
                .hasSizeLessThan(JOBS);

        deployment.working();
        deployment.awaitResults("killed", JOBS);
        assertOneSuccessEach(jobs, "killed");
    }

    @Test
    void jobs_givenSigterm_expectsDrainInTimeAndNextToFinishTheRestOnce() throws Exception {
        WorkerProcess drained = deployment.working();
        List<JobRequested> jobs = deployment.jobs("drained", JOBS, Duration.ofMillis(600));
        deployment.send(jobs);
        deployment.awaitResults("drained", 6);

        List<ProcessHandle> tree = drained.tree();
        drained.terminate();
        assertThat(drained.awaitExit(NOTICE)).as(drained.output()).isZero();

        assertThat(tree).noneMatch(WorkerProcess::runs);
        assertThat(slots()).as("what is left of the work directory").isEmpty();
        assertThat(deployment.results("drained"))
                .as("results of the first worker")
                .hasSizeLessThan(JOBS);

        deployment.working();
        deployment.awaitResults("drained", JOBS);
        assertOneSuccessEach(jobs, "drained");
    }

    private static void assertOneSuccessEach(List<JobRequested> jobs, String prefix) {
        // a second result of a job would come while the last offsets are still on their way
        await().atMost(TestDeployment.PATIENCE).until(() -> deployment.lag() == 0);
        List<JobResult> results = deployment.results(prefix);
        assertThat(results)
                .extracting(JobResult::getJobId)
                .containsExactlyInAnyOrderElementsOf(
                        jobs.stream().map(JobRequested::getJobId).toList());
        assertThat(results)
                .allSatisfy(result ->
                        assertThat(result.getStatus()).as(result.toString()).isEqualTo(JobStatus.SUCCEEDED));
    }

    /** What is left but empty lock files, which must stay. */
    private static List<Path> slots() throws IOException {
        try (Stream<Path> left = Files.list(deployment.workDirectory())) {
            return left.filter(file -> !file.toString().endsWith(".lock")).toList();
        }
    }
}
