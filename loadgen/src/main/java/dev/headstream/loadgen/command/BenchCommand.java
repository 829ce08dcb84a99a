package dev.headstream.loadgen.command;

import dev.headstream.loadgen.bench.BenchReport;
import dev.headstream.loadgen.bench.BrowserBench;
import dev.headstream.loadgen.bench.Design;
import dev.headstream.loadgen.bench.ProcessTree;
import dev.headstream.loadgen.bench.Workplace;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Terminal;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code headstream bench}: comparisons that anybody can repeat. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Compare ways to do the same work, on this machine.",
        subcommands = {
            BenchCommand.Browser.class,
            BenchPipelineCommand.class,
            BenchRestoreCommand.class,
            BenchKillsCommand.class,
            BenchSoakCommand.class,
            StepsBenchCommand.class,
            BenchPagesCommand.class
        })
public final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCodes.OK;
    }

    /** Said before the minutes of work, not after. */
    static void requireWritable(CommandSpec spec, String option, @Nullable Path file) {
        if (file == null) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null || !Files.isWritable(folder)) {
            throw new ParameterException(
                    spec.commandLine(), option + " " + file + " cannot be written: name a file in a folder that can");
        }
    }

    /** The launcher, for a bench that cannot do without it. */
    static Path requireLauncher() {
        return launcher()
                .orElseThrow(() -> new CommandException(
                        ExitCodes.UNAVAILABLE,
                        "deploy/headstream is not there to start the worker: start the bench with it, or from the"
                                + " project's folder"));
    }

    /** The launcher, which starts workers; empty if it is not there. */
    static Optional<Path> launcher() {
        return Stream.of(
                        Optional.ofNullable(System.getProperty("headstream.launcher")),
                        Optional.of("deploy/headstream"))
                .flatMap(Optional::stream)
                .map(path -> Path.of(path).toAbsolutePath())
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The machine in a few words. */
    static String machine() {
        return Runtime.getRuntime().availableProcessors() + " cores, " + System.getProperty("os.name") + " "
                + System.getProperty("os.version") + ", Java " + System.getProperty("java.version");
    }

    /** Some work of a bench. */
    interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    /** Does the work, and closes the bench if the process is ended meanwhile. */
    static <T> T closingOnExit(Closeable bench, Work<T> work) throws IOException, InterruptedException {
        Thread stop = new Thread(() -> close(bench), "bench-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            return work.run();
        } finally {
            unhook(stop);
        }
    }

    /** The same for the work of a worker, whose problems are said as such, with progress on a terminal. */
    static <T> T withWorker(Closeable bench, Terminal progress, Work<T> work) throws IOException, InterruptedException {
        return closingOnExit(bench, () -> {
            try {
                return work.run();
            } catch (IOException e) {
                throw new CommandException(ExitCodes.FAILED, "the worker " + e.getMessage(), e);
            } finally {
                progress.endLive();
            }
        });
    }

    /** Said before the work, too. */
    static void requireProcessTree() {
        if (!ProcessTree.isSupported()) {
            throw new CommandException(
                    ExitCodes.UNAVAILABLE, "processes are read from /proc as only Linux 4.14 or later has it");
        }
    }

    private static void close(Closeable bench) {
        try {
            bench.close();
        } catch (IOException e) {
            System.err.println("headstream: a temporary file is left: " + e.getMessage());
        }
    }

    private static void unhook(Thread stop) {
        try {
            boolean unused = Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException e) {
            // it is running already
        }
    }

    /** {@code headstream bench browser}. */
    @Command(
            name = "browser",
            mixinStandardHelpOptions = true,
            versionProvider = VersionProvider.class,
            description = {
                "Compare ways to run browser jobs: jobs/s, times, CPU time and memory of the whole process tree.",
                "",
                "A job opens a page of the demo portal in a fresh context (HTML, CSS, 90 KB of script, 12 pictures),",
                "searches (200 to 1000 ms), reads the results and closes the context. The designs take turns;",
                "the figures are medians over the rounds. Nothing but loopback is asked for anything.",
                ""
            })
    static final class Browser implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Option(
                names = "--jobs",
                paramLabel = "N",
                defaultValue = "32",
                description = "Jobs a round and design (default ${DEFAULT-VALUE}).")
        private int jobs;

        @Option(
                names = "--lanes",
                paramLabel = "N",
                defaultValue = "4",
                description = "Jobs at a time (default ${DEFAULT-VALUE}).")
        private int lanes;

        @Option(
                names = "--rounds",
                paramLabel = "N",
                defaultValue = "5",
                description = "How often each design runs (default ${DEFAULT-VALUE}).")
        private int rounds;

        @Option(
                names = "--designs",
                paramLabel = "NAME",
                split = ",",
                defaultValue = "process-per-job,browser-per-lane,headstream,raw-cdp",
                converter = DesignConverter.class,
                description = "Which designs, separated by commas (default ${DEFAULT-VALUE}).")
        private List<Design> designs = List.of();

        @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON, too.")
        private @Nullable Path json;

        @Override
        public Integer call() throws IOException, InterruptedException {
            BrowserBench.Settings settings = settings();
            requireWritable(spec, "--json", json);
            Terminal err = Terminal.err();
            Workplace workplace = Workplace.find(System.getenv());
            err.line("browser: " + workplace.chromium() + ", " + rounds + " x " + jobs + " jobs on " + lanes
                    + " lanes for each of "
                    + designs.stream().map(Design::id).collect(Collectors.joining(", ")));
            BrowserBench.Outcome outcome = run(settings, workplace, err);
            Terminal out = Terminal.out();
            out.lines(BenchReport.lines(outcome.designs(), out));
            if (json != null) {
                BenchReport.write(outcome.designs(), json);
            }
            return outcome.isComplete() ? ExitCodes.OK : ExitCodes.FAILED;
        }

        private static BrowserBench.Outcome run(BrowserBench.Settings settings, Workplace workplace, Terminal err)
                throws IOException, InterruptedException {
            try (BrowserBench bench = BrowserBench.open(settings, workplace, new Progress(settings, err))) {
                return closingOnExit(bench::close, () -> {
                    try {
                        return bench.run();
                    } finally {
                        err.endLive();
                    }
                });
            }
        }

        private BrowserBench.Settings settings() {
            try {
                return new BrowserBench.Settings(jobs, lanes, rounds, designs);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), e.getMessage(), e);
            }
        }
    }

    /** Says on standard error how far it is. */
    private static final class Progress implements BrowserBench.Listener {
        private final BrowserBench.Settings settings;
        private final Terminal terminal;

        Progress(BrowserBench.Settings settings, Terminal terminal) {
            this.settings = settings;
            this.terminal = terminal;
        }

        @Override
        public void working(int round, Design design, long openedPages) {
            String line = where(round, design) + "  " + Math.min(openedPages, settings.jobs()) + " of "
                    + settings.jobs() + " jobs begun";
            terminal.live(List.of(line), line);
        }

        @Override
        public void measured(int round, Design design, String summary) {
            terminal.line(where(round, design) + "  " + summary);
        }

        @Override
        public void failed(int round, Design design, String problem) {
            terminal.line(where(round, design) + "  failed and is left out from here on: " + problem);
        }

        private String where(int round, Design design) {
            int width = Arrays.stream(Design.values())
                    .mapToInt(each -> each.id().length())
                    .max()
                    .orElse(0);
            return "round " + (round + 1) + " of " + settings.rounds() + "  " + design.id()
                    + " ".repeat(width - design.id().length());
        }
    }

    /** Reads designs by name. */
    static final class DesignConverter implements ITypeConverter<Design> {
        @Override
        public Design convert(String value) {
            try {
                return Design.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
