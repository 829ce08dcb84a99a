package dev.headstream.loadgen.command;

import dev.headstream.loadgen.audit.AuditReport;
import dev.headstream.loadgen.audit.DeliveryAudit;
import dev.headstream.loadgen.audit.Submission;
import dev.headstream.loadgen.audit.SubmissionLedger;
import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code audit}: says whether the delivery guarantees held. */
@Command(
        name = "audit",
        description = {
            "Check from the topics alone that every event came to exactly one end.",
            "Run it when all work is done: what is still open counts as a breach. Exit 1 if there is one.%n"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  headstream audit                                all events that the jobs topic holds",
            "  headstream audit --ledger sent.jsonl --json -   what was sent; the findings as JSON",
        })
final class AuditCommand implements Callable<Integer> {

    @Option(
            names = "--ledger",
            paramLabel = "FILE",
            description = "JSON lines of what was submitted (jobId, executionId, sessionKey, submittedAt);"
                    + " without it all events of the jobs topic.")
    private @Nullable Path ledger;

    @Option(
            names = "--group",
            paramLabel = "ID",
            defaultValue = "headstream-workers",
            description = "Consumer group of the workers (default: ${DEFAULT-VALUE}).")
    private String group = "headstream-workers";

    @Option(
            names = "--reentry",
            paramLabel = "STEP",
            split = ",",
            description = "Steps that flows declare as their entry: a resumed job runs them again by design.")
    private Set<String> reentrySteps = Set.of();

    @Option(
            names = "--clock-tolerance",
            paramLabel = "TIME",
            defaultValue = "50ms",
            description = "How far the clocks of two workers may be apart (default: ${DEFAULT-VALUE}).")
    private Duration clockTolerance = Duration.ofMillis(50);

    @Option(
            names = "--settle",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "How long a transaction may stay open before it counts as hanging (default:"
                    + " ${DEFAULT-VALUE}).")
    private Duration settle = Duration.ofSeconds(30);

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the findings as JSON; - for standard output, the table then goes to standard error.")
    private @Nullable String json;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
        List<Submission> submissions = ledger == null ? null : SubmissionLedger.read(ledger);
        Deployment deployment = connection.deployment();
        Topics topics = deployment.topics();
        deployment.require(
                connection.patience(), topics.jobs(), topics.results(), topics.state(), topics.deadLetters());
        AuditReport report = DeliveryAudit.run(
                deployment,
                new DeliveryAudit.Options(group, submissions, reentrySteps, clockTolerance, settle, null, null),
                connection.patience());
        boolean jsonOnOut = "-".equals(json);
        Terminal people = jsonOnOut ? Terminal.err() : Terminal.out();
        people.lines(report.lines(people));
        if (jsonOnOut) {
            Terminal.out().line(report.json());
        } else if (json != null) {
            write(Path.of(json), report);
        }
        return report.holds() ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private static void write(Path file, AuditReport report) {
        try {
            Files.writeString(file, report.json() + System.lineSeparator());
        } catch (IOException failure) {
            throw new CommandException(ExitCodes.DATA, "--json: cannot write " + file + ": " + failure, failure);
        }
    }
}
