package dev.headstream.worker.command;

import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowCatalog;
import dev.headstream.worker.flow.InvalidFlowException;
import dev.headstream.worker.flow.Step;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flow list}: the flows of a directory, what they take and give. */
@Command(
        name = "list",
        description = "List the flows of a directory with their inputs, outputs and steps.",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        exitCodeOnExecutionException = ExitCodes.SOFTWARE)
final class FlowListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DIR", description = "The directory with the flow files, or a jar of flows.")
    private Path directory = Path.of(".");

    @Override
    public Integer call() {
        try {
            (Files.isDirectory(directory) ? FlowCatalog.load(directory).flows() : FlowSource.read(directory))
                    .forEach(this::print);
            return ExitCodes.OK;
        } catch (InvalidFlowException e) {
            e.problems().forEach(spec.commandLine().getErr()::println);
            return ExitCodes.BAD_FLOW;
        }
    }

    private void print(Flow flow) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(flow.name() + " (version " + flow.version() + ")"
                + flow.description().map(text -> ": " + text).orElse(""));
        out.println("  inputs   "
                + flow.inputs().entrySet().stream()
                        .map(input -> input.getKey() + (input.getValue().required() ? " (required)" : ""))
                        .collect(Collectors.joining(", ")));
        out.println("  outputs  " + String.join(", ", flow.outputs().keySet()));
        out.println("  steps    " + flow.steps().stream().map(Step::name).collect(Collectors.joining(", ")));
    }
}
