package dev.headstream.loadgen.command;

import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.schemas.SchemaRegistryException;
import dev.headstream.schemas.SchemaRegistryUnavailableException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The root of the command line; {@code deploy/headstream --help} prints the map. */
@Command(
        name = "headstream",
        description = "Runs headless-browser jobs from Kafka: one Chromium, many contexts, exactly one result a job.%n",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nWhere to start:%n",
        footer = {
            "  headstream demo                      everything at once, on this machine",
            "  headstream stack                     a local Kafka and registry to work against",
            "  headstream help COMMAND              all options of a command",
            "",
            "Exit codes: 0 done, 1 a job failed or was not found, 64 bad usage, 65 bad data,",
            "66 unreadable file, 69 broker, registry or browser not available, 70 our error."
        },
        subcommands = {
            DemoCommand.class,
            StackCommand.class,
            SubmitCommand.class,
            ResultsCommand.class,
            CancelCommand.class,
            OffendersCommand.class,
            TopicsCommand.class,
            AuditCommand.class,
            ChaosCommand.class,
            WorkerSideCommands.WorkerPlaceholder.class,
            WorkerSideCommands.ReplayPlaceholder.class,
            WorkerSideCommands.FlowPlaceholder.class,
            BenchCommand.class,
            SiteCommand.class,
            HelpCommand.class
        })
public final class HeadstreamCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "headstream-cli-logback.xml");
        }
        System.exit(commandLine().execute(args));
    }

    /** The command line with all commands, errors and exit codes wired; one per process. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new HeadstreamCommand());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        line.setUsageHelpWidth(100);
        line.registerConverter(Duration.class, new DurationConverter());
        line.setParameterExceptionHandler(HeadstreamCommand::badUsage);
        line.setExecutionExceptionHandler(HeadstreamCommand::failed);
        return line;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCodes.OK;
    }

    private static int badUsage(ParameterException problem, String[] args) {
        CommandLine line = problem.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("headstream: " + problem.getMessage());
        var unused = UnmatchedArgumentException.printSuggestions(problem, err);
        err.println("  see: " + line.getCommandSpec().qualifiedName() + " --help");
        return ExitCodes.USAGE;
    }

    private static int failed(Exception problem, CommandLine line, ParseResult parsed) {
        if (problem instanceof CommandException clear) {
            line.getErr().println("headstream: " + clear.getMessage());
            return clear.exitCode();
        }
        if (problem instanceof SchemaRegistryUnavailableException || problem instanceof SchemaRegistryException) {
            line.getErr().println("headstream: " + problem.getMessage());
            return ExitCodes.UNAVAILABLE;
        }
        line.getErr().println("headstream: an error of ours, please report it with what follows");
        problem.printStackTrace(line.getErr());
        return ExitCodes.SOFTWARE;
    }
}
