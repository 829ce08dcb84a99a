package dev.headstream.loadgen.audit;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a deployment kept its promise: exactly one terminal record for every event, nothing skipped, nothing
 * overlapping, no checkpointed step run twice. It reads what is left in Kafka once all work is done, so that lag and open
 * work are findings, not something to wait for.
 */
public final class DeliveryAudit {

    /**
     * What to judge by.
     *
     * @param groupId the workers' consumer group
     * @param submissions the submitter's ledger; null to take all events for submitted
     * @param reentrySteps steps that flows declare as their entry: they run again in a new context by design
     * @param clockTolerance how far the clocks of two workers may be apart
     * @param settle how long a transaction may stay open before it counts as hanging
     */
    public record Options(
            String groupId,
            @Nullable List<Submission> submissions,
            Set<String> reentrySteps,
            Duration clockTolerance,
            Duration settle) {

        public Options {
            submissions = submissions == null ? null : List.copyOf(submissions);
            reentrySteps = Set.copyOf(reentrySteps);
        }

        /** No ledger, no re-entry, clocks 50 ms apart at most, 30 s for transactions to end. */
        public static Options of(String groupId) {
            return new Options(groupId, null, Set.of(), Duration.ofMillis(50), Duration.ofSeconds(30));
        }

        /** The same with a ledger. */
        public Options withSubmissions(List<Submission> ledger) {
            return new Options(groupId, ledger, reentrySteps, clockTolerance, settle);
        }

        /** The same with another time for transactions to end. */
        public Options withSettle(Duration time) {
            return new Options(groupId, submissions, reentrySteps, clockTolerance, time);
        }
    }

    private DeliveryAudit() {}

    /**
     * Reads a deployment's topics and judges them. Blocks.
     *
     * @param patience how long to wait for an answer of the brokers
     * @throws CommandException if they cannot be asked
     */
    public static AuditReport run(Deployment deployment, Options options, Duration patience) {
        try (HistoryReader reader = new HistoryReader(deployment, options.groupId(), patience)) {
            return judge(reader.read(options.submissions(), options.settle()), options);
        } catch (KafkaException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            throw new CommandException(
                    ExitCodes.UNAVAILABLE,
                    "the audit of " + deployment.bootstrap() + " ended early: " + cause.getMessage(),
                    failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCodes.INTERRUPTED, "interrupted", interrupted);
        }
    }

    /** Judges a history. Pure. */
    static AuditReport judge(History history, Options options) {
        TerminalRecords terminal = new TerminalRecords(history);
        Watermarks watermarks = new Watermarks(history);
        List<Submission> submissions = history.submissions();
        return new AuditReport(
                Instant.now(),
                new AuditReport.Read(
                        submissions == null ? history.events().size() : submissions.size(),
                        history.events().size(),
                        history.results().size(),
                        history.deadLetters().size(),
                        history.checkpoints().size(),
                        history.partitions().size()),
                List.of(
                        terminal.oneEach(),
                        watermarks.neverAboveUnfinished(),
                        new Sessions(history, options.clockTolerance()).noOverlap(),
                        new CheckpointedSteps(history, options.reentrySteps()).notRunAgain(),
                        watermarks.noLag(),
                        openTransactions(history),
                        terminal.nothingSkipped()));
    }

    private static Finding openTransactions(History history) {
        Finding.Count count = new Finding.Count(Invariant.OPEN_TRANSACTIONS);
        history.openTransactions().forEach(open -> {
            count.checked();
            count.breach(open);
        });
        return count.finding();
    }
}
