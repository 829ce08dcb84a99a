package dev.headstream.loadgen.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.headstream.loadgen.bench.pipeline.RestoreBench;
import dev.headstream.loadgen.bench.pipeline.RestoreFigures;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code headstream bench restore}. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = {
            "Measure what it costs a worker to take over a partition with a long journal.",
            "",
            "The journal holds the marks of that many finished jobs. A worker without a browser takes the partition"
                    + " over,",
            "recognises three duplicates and runs one new job.",
            ""
        })
final class BenchRestoreCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--markers",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Marks of finished jobs in the journal (default ${DEFAULT-VALUE}).")
    private int markers;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON, too.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        BenchCommand.requireWritable(spec, "--json", json);
        Path launcher = BenchCommand.requireLauncher();
        RestoreFigures figures = run(launcher);
        Terminal out = Terminal.out();
        out.lines(lines(figures));
        if (json != null) {
            Files.write(json, JSON.writeValueAsBytes(figures));
        }
        return ExitCodes.OK;
    }

    private RestoreFigures run(Path launcher) throws IOException, InterruptedException {
        Terminal err = Terminal.err();
        try (RestoreBench bench = open(launcher)) {
            return BenchCommand.closingOnExit(bench::close, () -> {
                try {
                    return bench.run(written -> {
                        String line = Figures.count(written) + " of " + Figures.count(markers) + " markers written";
                        err.live(List.of(line), line);
                    });
                } finally {
                    err.endLive();
                }
            });
        }
    }

    private RestoreBench open(Path launcher) throws IOException {
        try {
            return RestoreBench.open(markers, launcher);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static List<String> lines(RestoreFigures figures) {
        return List.of(
                BenchCommand.machine() + ", " + LocalDate.now(ZoneOffset.UTC),
                "markers          " + Figures.count(figures.markers()) + ", of which "
                        + Figures.count(figures.remembered()) + " are remembered; " + figures.deduplicated()
                        + " of 3 duplicates recognised",
                String.format(
                        Locale.ROOT,
                        "restore          %.1f s; first result %.1f s after the start of the process",
                        figures.restoreSeconds(),
                        figures.startToResultSeconds()),
                "heap             " + figures.heapPeakMegabytes() + " MB at its peak, garbage included; "
                        + figures.heapLiveMegabytes() + " MB left by the last collection",
                String.format(
                        Locale.ROOT,
                        "process          %s PSS, %.1f s of CPU time",
                        Figures.bytes(figures.pssBytes()),
                        figures.cpuSeconds()));
    }
}
