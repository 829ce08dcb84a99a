package dev.headstream.loadgen.command;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Style;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.loadgen.console.Times;
import dev.headstream.loadgen.results.ResultDetail;
import dev.headstream.loadgen.results.ResultReader;
import dev.headstream.v1.JobResult;
import dev.headstream.v1.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code results}: shows committed results. */
@Command(
        name = "results",
        description = {
            "Show results.",
            "Without --follow those that are there now; with it those that come from now on.%n"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  headstream results --since 1h --status FAILED,TIMED_OUT",
            "  headstream results --job order-4711        one job in full; exit 1 if it has no result",
            "  headstream results --follow --format jsonl | jq .output",
        })
final class ResultsCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(500);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-f", "--follow"},
            description = "Go on until Ctrl-C; with --job until its result is there.")
    private boolean follow;

    @Option(names = "--job", paramLabel = "ID", description = "Only this job.")
    private @Nullable String job;

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            split = ",",
            description = "Only these: SUCCEEDED, FAILED, TIMED_OUT, CANCELLED, REJECTED.")
    private Set<JobStatus> statuses = EnumSet.noneOf(JobStatus.class);

    @Option(names = "--from-beginning", description = "Start at the oldest result (the default without --follow).")
    private boolean fromBeginning;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Start at results of this age (10m, 2h, 1d) or instant.")
    private @Nullable String since;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "How to print them: table or jsonl (default: ${DEFAULT-VALUE}).")
    private ResultFormat format = ResultFormat.TABLE;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
        if (fromBeginning && since != null) {
            throw new ParameterException(spec.commandLine(), "give --from-beginning or --since, not both");
        }
        Instant start = start();
        Deployment deployment = connection.deployment();
        deployment.require(connection.patience(), deployment.topics().results());
        try (ResultReader reader = ResultReader.open(deployment)) {
            if (start != null) {
                reader.since(start);
            } else if (follow && !fromBeginning && job == null) {
                reader.fromEnd();
            }
            return show(reader, deployment.topics().results());
        }
    }

    private @Nullable Instant start() {
        if (since == null) {
            return null;
        }
        try {
            return Times.past(since, Instant.now());
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), "--since: " + wrong.getMessage(), wrong);
        }
    }

    private int show(ResultReader reader, String topic) {
        Terminal out = Terminal.out();
        Terminal err = Terminal.err();
        ResultPrinter printer = new ResultPrinter(out, format);
        ResultReader.End end = reader.end();
        long shown = 0;
        while (follow ? job == null || shown == 0 : !reader.isAt(end)) {
            for (JobResult result : reader.poll(POLL)) {
                if (isWanted(result)) {
                    shown++;
                    if (job != null && format == ResultFormat.TABLE) {
                        ResultDetail.show(out, result);
                    } else {
                        printer.add(result);
                    }
                }
            }
            if (follow) {
                printer.show();
            }
        }
        printer.show();
        if (reader.unreadable() > 0) {
            err.line(err.paint(
                    Style.YELLOW,
                    "note: " + Figures.counted(reader.unreadable(), "record") + " on " + topic + " "
                            + (reader.unreadable() == 1 ? "is no result" : "are no results")));
        }
        return conclude(err, shown, topic);
    }

    private int conclude(Terminal err, long shown, String topic) {
        if (job != null && shown == 0) {
            err.line("no result for job " + job + " on " + topic + "; wait for it with --follow");
            return ExitCodes.FAILED;
        }
        if (format == ResultFormat.TABLE && job == null) {
            err.line(Figures.counted(shown, "result"));
        }
        return ExitCodes.OK;
    }

    private boolean isWanted(JobResult result) {
        return (job == null || job.equals(result.getJobId()))
                && (statuses.isEmpty() || statuses.contains(result.getStatus()));
    }
}
