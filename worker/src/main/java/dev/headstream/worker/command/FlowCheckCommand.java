package dev.headstream.worker.command;

import dev.headstream.worker.flow.FlowCatalog;
import dev.headstream.worker.flow.InvalidFlowException;
import dev.headstream.worker.flow.yaml.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flow check}: names every problem of every file. */
@Command(
        name = "check",
        description = {
            "Check flow files.",
            "Every problem is a line FILE:LINE:COLUMN: MESSAGE on standard error. Ends with 0 if there is none, else"
                    + " with 65."
        },
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        exitCodeOnExecutionException = ExitCodes.SOFTWARE)
final class FlowCheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Flow files or jars, or directories of flow files.")
    private List<Path> files = new ArrayList<>();

    @Override
    public Integer call() {
        List<Problem> problems = new ArrayList<>();
        int flows = 0;
        for (Path file : files) {
            try {
                flows += read(file);
            } catch (InvalidFlowException e) {
                problems.addAll(e.problems());
            }
        }
        problems.forEach(spec.commandLine().getErr()::println);
        if (problems.isEmpty()) {
            spec.commandLine().getOut().println(flows == 1 ? "1 flow, no problem" : flows + " flows, no problem");
        }
        return problems.isEmpty() ? ExitCodes.OK : ExitCodes.BAD_FLOW;
    }

    private static int read(Path file) {
        if (Files.isDirectory(file)) {
            return FlowCatalog.load(file).flows().size();
        }
        return FlowSource.read(file).size();
    }
}
