package dev.headstream.loadgen.command;

import dev.headstream.loadgen.bench.kills.Fault;
import dev.headstream.loadgen.bench.kills.KillsBench;
import dev.headstream.loadgen.bench.kills.KillsReport;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.loadgen.demo.Cleanup;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code headstream bench kills}. */
@Command(
        name = "kills",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = {
            "Kill parts of a worker's browser in the middle of jobs: how soon is it back, and what is left over?",
            "",
            "A worker with one context runs jobs at the demo portal. Renderer, Chromium, Node and the lane's connection",
            "are killed in turn; the time is from the kill to the next page that the portal sees opened. Processes,",
            "threads, descriptors and files are counted when the worker is empty, before and after, and once more when",
            "it has ended. Exit code 1 if anything is left, or a job has no result.",
            ""
        })
final class BenchKillsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--kills",
            paramLabel = "N",
            defaultValue = "500",
            description = "How many in all (default ${DEFAULT-VALUE}).")
    private int kills;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Decides on the moments (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON, too.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        BenchCommand.requireWritable(spec, "--json", json);
        Path launcher = BenchCommand.requireLauncher();
        BenchCommand.requireProcessTree();
        Terminal err = Terminal.err();
        KillsReport report;
        try {
            report = run(settings(launcher, err), err);
        } catch (Cleanup.StoppedException stopped) {
            return ExitCodes.INTERRUPTED;
        }
        Terminal out = Terminal.out();
        out.line(BenchCommand.machine() + ", " + LocalDate.now(ZoneOffset.UTC));
        out.lines(report.lines(out));
        if (json != null) {
            report.write(json);
        }
        return report.isClean() ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private KillsBench.Settings settings(Path launcher, Terminal err) {
        List<Fault> faults = List.of(Fault.values());
        if (!KillsBench.canKillConnections()) {
            err.line("connections cannot be killed here (that takes root and the command ss): that fault is left out");
            faults = Arrays.stream(Fault.values())
                    .filter(fault -> fault != Fault.SOCKET)
                    .toList();
        }
        try {
            return new KillsBench.Settings(kills, faults, seed, launcher);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static KillsReport run(KillsBench.Settings settings, Terminal err) throws Exception {
        try (KillsBench bench = KillsBench.open(settings, (fault, done, of, millis) -> {
            String line = done + " of " + of + " kills, " + fault.id() + ": back after " + millis + " ms";
            err.live(List.of(line), line);
        })) {
            return BenchCommand.withWorker(bench::close, err, bench::run);
        }
    }
}
