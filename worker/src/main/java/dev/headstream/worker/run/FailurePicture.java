package dev.headstream.worker.run;

import dev.headstream.pipeline.Job;
import dev.headstream.v1.Artifact;
import dev.headstream.worker.browser.LaneSession;
import dev.headstream.worker.flow.Flow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The picture of the page that a job failed on, and what its pages said. It helps to see why; that it cannot be taken must not hide the failure
 * itself. Confined to the lane's thread.
 */
final class FailurePicture {
    private static final Logger LOG = LoggerFactory.getLogger(FailurePicture.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final FlowRunner runner;
    private final Flow flow;
    private final Job job;
    private final LaneSession session;
    private final Masked masked;
    private final Camera camera;

    FailurePicture(FlowRunner runner, Flow flow, Job job, LaneSession session, Masked masked, Camera camera) {
        this.runner = runner;
        this.flow = flow;
        this.job = job;
        this.session = session;
        this.masked = masked;
        this.camera = camera;
    }

    /**
     * The picture, stored; empty if none is wanted or to be had.
     *
     * @param scope the step that failed, if one had begun, by which the element is known that is to be outlined
     */
    Optional<Artifact> take(@Nullable String step, FailureKind kind, Optional<StepScope> scope) {
        Duration left = session.remaining();
        Duration limit = left.compareTo(TIMEOUT) < 0 ? left : TIMEOUT;
        if (!runner.takesScreenshotOnFailure() || limit.isZero() || kind == FailureKind.PAGE_CRASHED) {
            return Optional.empty();
        }
        try {
            byte[] picture =
                    session.within(limit, () -> camera.shoot(session.page(), limit, scope.flatMap(StepScope::suspect)));
            String name = name(step) + ".png";
            return Optional.of(runner.artifactStore().store(job.executionId(), name, "image/png", picture));
        } catch (Exception e) {
            LOG.atWarn()
                    .addKeyValue("jobId", job.request().getJobId())
                    .addKeyValue("step", String.valueOf(step))
                    .log("no picture of the failure could be taken: {}", masked.text(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    /** What the pages wrote to their consoles, stored; empty if that is nothing. */
    Optional<Artifact> store(@Nullable String step, PageLog log) {
        String text = masked.text(log.text());
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(runner.artifactStore()
                    .store(
                            job.executionId(),
                            name(step) + ".log",
                            "text/plain",
                            text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("jobId", job.request().getJobId())
                    .addKeyValue("step", String.valueOf(step))
                    .log(
                            "what the pages wrote to their consoles could not be stored: {}",
                            String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private String name(@Nullable String step) {
        return "failure-" + (step == null ? flow.name() : step);
    }
}
