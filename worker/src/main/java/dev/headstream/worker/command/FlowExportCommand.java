package dev.headstream.worker.command;

import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.flow.InvalidFlowException;
import dev.headstream.worker.flow.RecordingExport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flow export}: a flow as a recording that the Chrome DevTools Recorder opens. */
@Command(
        name = "export",
        description = {
            "Turn a flow into a recording of the Chrome DevTools Recorder (JSON), on standard output.",
            "Ends with 65 and names the action where the Recorder cannot do what the flow does."
        },
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        exitCodeOnExecutionException = ExitCodes.SOFTWARE)
final class FlowExportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "The flow file.")
    private Path file = Path.of("flow.yaml");

    @Mixin
    private JobInputs inputs = new JobInputs();

    @Override
    public Integer call() {
        try {
            spec.commandLine().getOut().print(RecordingExport.of(FlowFiles.read(file), inputs.read()));
            spec.commandLine().getOut().flush();
            return ExitCodes.OK;
        } catch (InvalidFlowException e) {
            e.problems().forEach(spec.commandLine().getErr()::println);
            return ExitCodes.BAD_FLOW;
        } catch (IllegalArgumentException e) {
            spec.commandLine().getErr().println("headstream: " + file + ": " + e.getMessage());
            return ExitCodes.BAD_FLOW;
        }
    }
}
