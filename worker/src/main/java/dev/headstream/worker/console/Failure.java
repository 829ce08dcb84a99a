package dev.headstream.worker.console;

import dev.headstream.v1.Artifact;
import dev.headstream.v1.JobError;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An attempt that did not succeed.
 *
 * @param step where; empty if no step was to blame
 * @param again whether the job is tried again
 * @param picture what the page looked like
 */
record Failure(
        Instant at,
        String jobId,
        String flow,
        String step,
        String code,
        String message,
        int attempt,
        boolean again,
        Optional<Picture> picture) {
    private static final int LONGEST_MESSAGE = 600;

    /** A file that this worker wrote, and the only name that it has outside. */
    record Picture(String id, Path file) {}

    Failure {
        if (message.length() > LONGEST_MESSAGE) {
            message = message.substring(0, LONGEST_MESSAGE) + "...";
        }
    }

    /** The same as it stands in a result; where the error names no step, the one that was running last is meant. */
    static Failure of(
            Instant at,
            String jobId,
            String flow,
            Optional<String> running,
            JobError error,
            int attempt,
            boolean again) {
        String step = error.getStep() == null ? running.orElse("") : error.getStep();
        return new Failure(
                at, jobId, flow, step, error.getKind(), error.getMessage(), attempt, again, Optional.empty());
    }

    Failure withPicture(String id, List<Artifact> artifacts) {
        Optional<Picture> taken = artifacts.stream()
                .filter(artifact -> artifact.getContentType().equals("image/png")
                        && artifact.getName().startsWith("failure-")
                        && artifact.getUri().startsWith("file:"))
                .findFirst()
                .map(artifact -> new Picture(id, Path.of(URI.create(artifact.getUri()))));
        return new Failure(at, jobId, flow, step, code, message, attempt, again, taken);
    }
}
