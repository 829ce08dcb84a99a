package dev.headstream.worker;

import dev.headstream.worker.command.FlowCommand;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The main of the worker's classpath: {@code worker}, {@code replay} and {@code flow}. */
@Command(
        name = "headstream",
        description = "The worker's side of Headstream.%n",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {WorkerCommand.class, ReplayCommand.class, FlowCommand.class, HelpCommand.class})
public final class WorkerMain implements Runnable {
    private static final int USAGE = 64;
    private static final int SOFTWARE = 70;

    @picocli.CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        if (args.length > 0 && Set.of("flow", "replay").contains(args[0])) {
            FlowCommand.logToStandardError();
        }
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new WorkerMain());
        line.getSubcommands().values().forEach(WorkerMain::withExitCodes);
        withExitCodes(line);
        return line;
    }

    private static void withExitCodes(CommandLine line) {
        line.getCommandSpec().exitCodeOnInvalidInput(USAGE).exitCodeOnExecutionException(SOFTWARE);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
