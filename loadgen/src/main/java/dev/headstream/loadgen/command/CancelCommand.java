package dev.headstream.loadgen.command;

import dev.headstream.loadgen.cancel.CancelSender;
import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.loadgen.results.ResultReader;
import dev.headstream.v1.CancelRequested;
import dev.headstream.v1.JobError;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cancel}: asks for a job not to be done. */
@Command(
        name = "cancel",
        description = {
            "Ask for a job not to be done.",
            "It ends with one CANCELLED result: before it starts, while it waits for another attempt, or at its next"
                    + " step. A job that ends by itself first keeps its own result. Events that are sent later are not"
                    + " meant, not even with the same id.",
            "Exit 1 if it ended in another way.%n"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  headstream cancel order-4711 --reason \"ordered by phone\"",
            "  headstream cancel \"20260131-090000-1f2e|order-4711\"     the execution of a replay",
        })
final class CancelCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(250);
    private static final int MAX_ID_CHARS = 300;
    private static final int MAX_REASON_CHARS = 500;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "JOB_ID",
            description = "The job's id; for the execution of a replay, its replay id, | and the job's id.")
    private String executionId = "";

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Why, for who reads the result; up to " + MAX_REASON_CHARS + " characters.")
    private @Nullable String reason;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "How long to wait for its result; 0s does not wait (default: ${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ofSeconds(10);

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
        if (executionId.isBlank() || executionId.length() > MAX_ID_CHARS) {
            throw new ParameterException(spec.commandLine(), "JOB_ID must have 1 to " + MAX_ID_CHARS + " characters");
        }
        if (reason != null && reason.length() > MAX_REASON_CHARS) {
            throw new ParameterException(
                    spec.commandLine(), "--reason must have at most " + MAX_REASON_CHARS + " characters");
        }
        Deployment deployment = connection.deployment();
        deployment.require(
                connection.patience(),
                deployment.topics().jobs(),
                deployment.topics().results(),
                deployment.topics().cancellations());
        // Before looking for a result: what can still be stopped is stopped soonest.
        CancelRequested request = new CancelSender(deployment).send(executionId, reason, Instant.now());
        return report(request, timeout.isZero() ? Optional.empty() : result(deployment));
    }

    private Optional<JobResult> result(Deployment deployment) {
        long started = System.nanoTime();
        try (ResultReader reader = ResultReader.open(deployment)) {
            ResultReader.End end = reader.end();
            while (!reader.isAt(end) || System.nanoTime() - started < timeout.toNanos()) {
                Optional<JobResult> found = reader.poll(POLL).stream()
                        .filter(result -> result.getExecutionId().equals(executionId))
                        .findFirst();
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private int report(CancelRequested request, Optional<JobResult> found) {
        Terminal out = Terminal.out();
        if (found.isEmpty()) {
            out.line("asked for: " + executionId + " ends as CANCELLED when a worker takes it, or at its next step");
            if (!timeout.isZero()) {
                out.line("there is no result of it after " + Figures.duration(timeout) + "; if there is no such job,"
                        + " nothing changes. Its result: headstream results --job " + executionId);
            }
            return ExitCodes.OK;
        }
        JobResult result = found.get();
        boolean before = result.getCompletedAt().isBefore(request.getRequestedAt());
        if (result.getStatus() == JobStatus.CANCELLED) {
            out.line(executionId + (before ? " was cancelled already, at " + result.getCompletedAt() : " is cancelled")
                    + ": " + message(result));
            return ExitCodes.OK;
        }
        out.line(executionId + (before ? " had ended before: " : " ended by itself first: ") + result.getStatus()
                + " at " + result.getCompletedAt() + "; its result stands");
        return ExitCodes.FAILED;
    }

    private static String message(JobResult result) {
        JobError error = result.getError();
        return error == null ? "" : error.getMessage();
    }
}
