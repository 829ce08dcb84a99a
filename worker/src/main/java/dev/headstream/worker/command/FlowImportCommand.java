package dev.headstream.worker.command;

import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.flow.InvalidFlowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flow import}: a recording as a flow that its author goes on writing. */
@Command(
        name = "import",
        description = "Turn a recording of the Chrome DevTools Recorder (JSON) into a flow, on standard output.",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        exitCodeOnExecutionException = ExitCodes.SOFTWARE)
final class FlowImportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "The recording.")
    private Path file = Path.of("recording.json");

    @Override
    public Integer call() {
        try {
            String yaml = FlowFiles.importRecording(file.toString(), Files.readString(file));
            spec.commandLine().getOut().print(yaml);
            spec.commandLine().getOut().flush();
            return ExitCodes.OK;
        } catch (InvalidFlowException e) {
            e.problems().forEach(spec.commandLine().getErr()::println);
            return ExitCodes.BAD_FLOW;
        } catch (IOException e) {
            spec.commandLine().getErr().println("headstream: " + file + " cannot be read: " + e.getMessage());
            return ExitCodes.BAD_FLOW;
        }
    }
}
