package dev.headstream.worker.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code flow}: what the author of a flow works with, without Kafka. */
@Command(
        name = "flow",
        description = "Check, list, run, import and export flows, without Kafka.%n",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        exitCodeOnExecutionException = ExitCodes.SOFTWARE,
        subcommands = {
            FlowCheckCommand.class,
            FlowListCommand.class,
            FlowRunCommand.class,
            FlowImportCommand.class,
            FlowExportCommand.class
        })
public final class FlowCommand implements Callable<Integer> {
    private static final String LOGBACK = "logback.configurationFile";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Keeps standard output free of log lines; to be called before anything logs. */
    public static void logToStandardError() {
        if (System.getProperty(LOGBACK) == null) {
            System.setProperty(LOGBACK, "headstream-flow-logback.xml");
        }
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCodes.OK;
    }
}
