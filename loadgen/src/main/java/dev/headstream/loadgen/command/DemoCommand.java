package dev.headstream.loadgen.command;

import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.loadgen.demo.Demo;
import dev.headstream.loadgen.demo.DemoOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demo}: the whole product on this machine, checked and measured. */
@Command(
        name = "demo",
        description = {
            "Run everything once on this machine, and check it.",
            "Starts Kafka, a registry, a demo portal and a worker, sends jobs, waits for their results and"
                    + " reads them back. Exit 0 only if every job has exactly one SUCCEEDED result.%n"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  headstream demo                               200 jobs, two contexts for each CPU",
            "  headstream demo --jobs 50 --json out.json     the figures for a program too",
            "  headstream demo --data /tmp/demo              keep Kafka's data and the worker's log",
            "",
            "Ctrl-C at any moment ends all of it and leaves nothing behind."
        })
final class DemoCommand implements Callable<Integer> {
    private static final int CONTEXTS_PER_CPU = 2;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "200",
            description = "How many jobs (default: ${DEFAULT-VALUE}).")
    private int jobs;

    @Option(
            names = "--contexts",
            paramLabel = "N",
            description = "How many at the same time (default: 2 for each CPU).")
    private @Nullable Integer contexts;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "4",
            description = "Partitions of the topics, if they are new (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures here as JSON too.")
    private @Nullable Path json;

    @Option(names = "--data", paramLabel = "DIR", description = "Keep Kafka's data and the worker's log here.")
    private @Nullable Path data;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            defaultValue = "2m",
            description = "Give up when no result has come for so long (default: ${DEFAULT-VALUE}).")
    private Duration patience = Duration.ofMinutes(2);

    @Override
    public Integer call() throws Exception {
        String launcher = System.getProperty("headstream.launcher");
        if (launcher == null) {
            throw new CommandException(
                    ExitCodes.USAGE, "the demo needs the launcher to start a worker with: run deploy/headstream demo");
        }
        Path flows = Path.of(launcher).resolveSibling("flows");
        if (!Files.isDirectory(flows)) {
            throw new CommandException(ExitCodes.NO_INPUT, "the flows of the demo are missing: " + flows);
        }
        return new Demo(options(launcher, flows), Terminal.out()).run();
    }

    private DemoOptions options(String launcher, Path flows) {
        int bound = contexts == null ? CONTEXTS_PER_CPU * Runtime.getRuntime().availableProcessors() : contexts;
        try {
            return new DemoOptions(jobs, bound, partitions, json, data, List.of(launcher, "worker"), flows, patience);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }
}
