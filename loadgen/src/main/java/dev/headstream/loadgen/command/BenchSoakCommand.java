package dev.headstream.loadgen.command;

import dev.headstream.loadgen.bench.soak.SoakBench;
import dev.headstream.loadgen.bench.soak.SoakReport;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.loadgen.demo.Cleanup;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code headstream bench soak}. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = {
            "Give a worker many jobs in a row: does it stay as lean and as quick as it was?",
            "",
            "Searches at the demo portal, always twice as many as there are contexts. Memory is that of the worker's",
            "whole process tree, the time of a job that in its context. The trend is the line that fits best, without",
            "the first 1,000 jobs. Exit code 1 if a job does not succeed.",
            ""
        })
final class BenchSoakCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "10000",
            description = "How many in all (default ${DEFAULT-VALUE}).")
    private int jobs;

    @Option(
            names = "--contexts",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many at a time (default ${DEFAULT-VALUE}).")
    private int contexts;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON, too.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        BenchCommand.requireWritable(spec, "--json", json);
        Path launcher = BenchCommand.requireLauncher();
        BenchCommand.requireProcessTree();
        Terminal err = Terminal.err();
        SoakReport report;
        try {
            report = run(settings(launcher), err);
        } catch (Cleanup.StoppedException stopped) {
            return ExitCodes.INTERRUPTED;
        }
        Terminal out = Terminal.out();
        out.line(BenchCommand.machine() + ", " + LocalDate.now(ZoneOffset.UTC));
        out.lines(report.lines(out));
        if (json != null) {
            report.write(json);
        }
        return report.problems().isEmpty() ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private SoakBench.Settings settings(Path launcher) {
        try {
            return new SoakBench.Settings(jobs, contexts, launcher);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static SoakReport run(SoakBench.Settings settings, Terminal err) throws Exception {
        try (SoakBench bench = SoakBench.open(settings, (window, of) -> {
            String line = Figures.count(window.untilJob()) + " of " + Figures.count(of) + " jobs, p95 "
                    + window.p95Millis() + " ms, " + Figures.bytes(window.pssBytes());
            err.live(List.of(line), line);
        })) {
            return BenchCommand.withWorker(bench::close, err, bench::run);
        }
    }
}
