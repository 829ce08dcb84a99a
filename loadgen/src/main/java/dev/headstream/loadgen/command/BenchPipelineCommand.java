package dev.headstream.loadgen.command;

import dev.headstream.loadgen.bench.pipeline.Contender;
import dev.headstream.loadgen.bench.pipeline.PhaseFigures;
import dev.headstream.loadgen.bench.pipeline.PipelineBench;
import dev.headstream.loadgen.bench.pipeline.PipelineReport;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code headstream bench pipeline}. */
@Command(
        name = "pipeline",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = {
            "Compare ways from a Kafka topic through bounded concurrent work to a topic of results.",
            "",
            "Events of 1 KB in Avro, one result each, a real broker in this process, every contender in its own with"
                    + " the",
            "same JVM options. Without work: records/s and processor time. With 10 ms and with log-normal times of"
                    + " work",
            "(median 10 ms): efficiency, the sum of the work by contexts x wall time. With 100 events a second: the"
                    + " time",
            "from an event to its result as a read_committed reader sees it, less its work. The contenders take turns;",
            "the figures are medians over the rounds.",
            ""
        })
final class BenchPipelineCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--records",
            paramLabel = "N",
            defaultValue = "40000",
            description = "Events without work, a round and contender (default ${DEFAULT-VALUE}).")
    private int records;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often each contender runs (default ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--contexts",
            paramLabel = "N",
            defaultValue = "16",
            description = "Events that may be worked on at a time (default ${DEFAULT-VALUE}).")
    private int contexts;

    @Option(
            names = "--commit-interval",
            paramLabel = "TIME",
            defaultValue = "100ms",
            description = "How often all contenders commit (default ${DEFAULT-VALUE}).")
    private Duration commitInterval = Duration.ofMillis(100);

    @Option(
            names = "--open-loop",
            paramLabel = "TIME",
            defaultValue = "15s",
            description = "How long events come in time, for the latency (default ${DEFAULT-VALUE}).")
    private Duration openLoop = Duration.ofSeconds(15);

    @Option(
            names = "--contenders",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "plain-loop,reactor-kafka,parallel-consumer,parallel-consumer-tx,at-least-once,exactly-once",
            converter = ContenderConverter.class,
            description = "Which, separated by commas (default ${DEFAULT-VALUE}).")
    private List<Contender> contenders = List.of();

    @Option(
            names = "--workloads",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "no-op,10ms,log-normal,open-loop",
            description = "Which, separated by commas (default ${DEFAULT-VALUE}).")
    private List<String> workloads = List.of();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the log-normal times (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON, too.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PipelineBench.Settings settings = settings();
        BenchCommand.requireWritable(spec, "--json", json);
        Terminal err = Terminal.err();
        err.line(rounds + " x " + contenders.stream().map(Contender::id).collect(Collectors.joining(", ")));
        PipelineBench.Outcome outcome = run(settings, err);
        Terminal out = Terminal.out();
        out.line(BenchCommand.machine() + ", " + LocalDate.now(ZoneOffset.UTC) + "; " + contexts
                + " contexts, commit every " + commitInterval.toMillis() + " ms, medians of " + rounds);
        out.lines(PipelineReport.lines(outcome.figures(), out));
        if (json != null) {
            PipelineReport.write(outcome.figures(), json);
        }
        return outcome.problems().isEmpty() ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private static PipelineBench.Outcome run(PipelineBench.Settings settings, Terminal err)
            throws IOException, InterruptedException {
        try (PipelineBench bench =
                PipelineBench.open(settings, BenchCommand.launcher().orElse(null), new Progress(settings, err))) {
            return BenchCommand.closingOnExit(bench::close, () -> {
                try {
                    return bench.run();
                } finally {
                    err.endLive();
                }
            });
        }
    }

    private PipelineBench.Settings settings() {
        try {
            return new PipelineBench.Settings(
                    records, rounds, contexts, commitInterval, openLoop, contenders, workloads, seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** Says on standard error how far it is. */
    private static final class Progress implements PipelineBench.Listener {
        private final PipelineBench.Settings settings;
        private final Terminal terminal;

        Progress(PipelineBench.Settings settings, Terminal terminal) {
            this.settings = settings;
            this.terminal = terminal;
        }

        @Override
        public void working(int round, Contender contender, String phase, int results, int records) {
            String line = where(round, contender.id()) + "  " + phase + ", " + results + " of " + records;
            terminal.live(List.of(line), line);
        }

        @Override
        public void measured(int round, PhaseFigures figures) {
            terminal.line(where(round, figures.contender()) + "  " + PipelineReport.summary(figures));
        }

        @Override
        public void failed(int round, Contender contender, String problem) {
            terminal.line(where(round, contender.id()) + "  failed and is left out from here on: " + problem);
        }

        private String where(int round, String contender) {
            int width = Arrays.stream(Contender.values())
                    .mapToInt(each -> each.id().length())
                    .max()
                    .orElse(0);
            return "round " + (round + 1) + " of " + settings.rounds() + "  " + contender
                    + " ".repeat(width - contender.length());
        }
    }

    /** Reads contenders by name. */
    static final class ContenderConverter implements ITypeConverter<Contender> {
        @Override
        public Contender convert(String value) {
            try {
                return Contender.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
