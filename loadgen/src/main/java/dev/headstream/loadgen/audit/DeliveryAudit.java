package dev.headstream.loadgen.audit;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
     * @param evidence what is known of the steps besides; null if nothing is
     * @param brokerLogs the directory in which a broker of this machine keeps its logs; null if it cannot be read
     */
    public record Options(
            String groupId,
            @Nullable List<Submission> submissions,
            Set<String> reentrySteps,
            Duration clockTolerance,
            Duration settle,
            @Nullable StepEvidence evidence,
            @Nullable Path brokerLogs) {

        public Options {
            submissions = submissions == null ? null : List.copyOf(submissions);
            reentrySteps = Set.copyOf(reentrySteps);
        }

        /** No ledger, no re-entry, clocks 50 ms apart at most, 30 s for transactions to end. */
        public static Options of(String groupId) {
            return new Options(groupId, null, Set.of(), Duration.ofMillis(50), Duration.ofSeconds(30), null, null);
        }

        /** The same with a ledger. */
        public Options withSubmissions(List<Submission> ledger) {
            return new Options(groupId, ledger, reentrySteps, clockTolerance, settle, evidence, brokerLogs);
        }

        /** The same with another time for transactions to end. */
        public Options withSettle(Duration time) {
            return new Options(groupId, submissions, reentrySteps, clockTolerance, time, evidence, brokerLogs);
        }

        /** The same with what is known of the steps besides. */
        public Options withEvidence(StepEvidence steps) {
            return new Options(groupId, submissions, reentrySteps, clockTolerance, settle, steps, brokerLogs);
        }

        /** The same with the logs of a broker. */
        public Options withBrokerLogs(Path folder) {
            return new Options(groupId, submissions, reentrySteps, clockTolerance, settle, evidence, folder);
        }

        /** The same with steps that run again by design. */
        public Options withReentrySteps(Set<String> steps) {
            return new Options(groupId, submissions, steps, clockTolerance, settle, evidence, brokerLogs);
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
            AuditReport report = judge(reader.read(options.submissions(), options.settle()), options);
            Path logs = options.brokerLogs();
            return logs == null
                    ? report
                    : withCommits(
                            report,
                            CommitLogReader.read(logs, deployment.topics().jobs(), options.groupId()));
        } catch (IOException failure) {
            throw new CommandException(
                    ExitCodes.NO_INPUT, "cannot read the logs of a broker: " + failure.getMessage(), failure);
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
                withEvidence(
                        List.of(
                                terminal.oneEach(),
                                watermarks.neverAboveUnfinished(),
                                new Sessions(history, options.clockTolerance()).noOverlap(),
                                new CheckpointedSteps(history, options.reentrySteps()).notRunAgain(),
                                watermarks.noLag(),
                                openTransactions(history),
                                terminal.nothingSkipped()),
                        history,
                        options.evidence()));
    }

    /** Adds what only the evidence of the steps can tell, in the order of the invariants. */
    private static List<Finding> withEvidence(
            List<Finding> findings, History history, @Nullable StepEvidence evidence) {
        if (evidence == null) {
            return findings;
        }
        EvidencedSteps steps = new EvidencedSteps(history, evidence);
        return merged(findings, List.of(steps.notRunAgain(), steps.bounded(), steps.onlyInFlightRerun()));
    }

    /** Adds what only the coordinator's log can tell. */
    static AuditReport withCommits(AuditReport report, CommitLog log) {
        LoggedCommits commits = new LoggedCommits(log);
        return new AuditReport(
                report.at(),
                report.read(),
                merged(report.findings(), List.of(commits.neverBack(), commits.byOwners(), commits.bounded())));
    }

    private static List<Finding> merged(List<Finding> findings, List<Finding> more) {
        Map<Invariant, Finding> all = new EnumMap<>(Invariant.class);
        findings.forEach(finding -> all.put(finding.invariant(), finding));
        more.forEach(finding -> all.merge(finding.invariant(), finding, Finding::and));
        return List.copyOf(all.values());
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
