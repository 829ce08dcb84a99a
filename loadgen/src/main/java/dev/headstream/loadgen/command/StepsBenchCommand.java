package dev.headstream.loadgen.command;

import dev.headstream.loadgen.bench.StepsArm;
import dev.headstream.loadgen.bench.StepsBench;
import dev.headstream.loadgen.bench.StepsFigures;
import dev.headstream.loadgen.bench.StepsGuard;
import dev.headstream.loadgen.bench.StepsReport;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Style;
import dev.headstream.loadgen.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code headstream bench steps}: what sparing steps is worth. */
@Command(
        name = "steps",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        sortOptions = false,
        description = {
            "Compare workers that spare jobs steps with one that does not: steps/s, jobs/hour, p95.",
            "",
            "A job signs in to the demo portal (3 s), searches (5 to 30 s) and opens the first hit. 60 %% of the",
            "queries are repeated: a few popular words, which are broad and take 26 to 30 s; the others are asked",
            "once and take 5 to 6 s. With --uniform a query's time has nothing to do with how often it is asked.",
            "Each arm has a worker of its own, the same jobs and contexts: none, cache (results are reused),",
            "coalescing (equal steps at the same time run once), sessions (logins are kept), all.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  headstream bench steps --json out.json",
            "  headstream bench steps --baseline steps.json --accept     remember what steps take",
            "  headstream bench steps --baseline steps.json              exit 1 if one got slower since",
        })
final class StepsBenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--contexts",
            paramLabel = "N",
            defaultValue = "4",
            description = "Jobs at the same time (default ${DEFAULT-VALUE}).")
    private int contexts;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "4m",
            description = "How long each arm is measured (default ${DEFAULT-VALUE}).")
    private Duration duration = Duration.ofMinutes(4);

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            defaultValue = "45s",
            description = "Not measured, before that: caches fill, sessions are made (default ${DEFAULT-VALUE}).")
    private Duration warmUp = Duration.ofSeconds(45);

    @Option(
            names = "--arms",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "none,cache,coalescing,sessions,all",
            description = "Which arms, separated by commas (default ${DEFAULT-VALUE}).")
    private List<StepsArm> arms = List.of();

    @Option(names = "--uniform", description = "Every query takes 5 to 30 s, popular or not.")
    private boolean uniform;

    @Option(
            names = "--scale",
            paramLabel = "FACTOR",
            defaultValue = "1",
            description = "Multiply the portal's times, for a quick look (default ${DEFAULT-VALUE}).")
    private double scale;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON, too.")
    private @Nullable Path json;

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description = "Hold each step's p95 against this file; slower by 10 %% and 250 ms, surely, is exit 1.")
    private @Nullable Path baseline;

    @Option(names = "--accept", description = "Write --baseline anew instead of comparing.")
    private boolean accept;

    @Override
    public Integer call() throws Exception {
        StepsBench.Settings settings = settings();
        Terminal err = Terminal.err();
        err.line(Figures.counted(contexts, "context") + ", " + Figures.duration(duration) + " an arm: "
                + String.join(", ", arms.stream().map(StepsArm::id).toList()));
        List<StepsFigures> figures;
        try (StepsBench bench = StepsBench.open(settings, new Progress(err))) {
            figures = bench.run();
        } finally {
            err.endLive();
        }
        Terminal out = Terminal.out();
        StepsReport.show(figures, out);
        if (json != null) {
            StepsReport.write(figures, json);
        }
        boolean complete = figures.stream().allMatch(arm -> arm.jobs() > 0 && arm.failed() == 0);
        return guard(figures, out) && complete ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private boolean guard(List<StepsFigures> figures, Terminal out) throws IOException {
        if (baseline == null) {
            return true;
        }
        if (accept) {
            StepsGuard.accept(figures, baseline);
            out.line("Baseline written: " + baseline);
            return true;
        }
        List<String> slower = StepsGuard.slower(figures, baseline);
        slower.forEach(line -> out.line(out.paint(Style.RED, line)));
        if (slower.isEmpty()) {
            out.line(out.paint(Style.GREEN, "No step is slower than in " + baseline));
        }
        return slower.isEmpty();
    }

    private StepsBench.Settings settings() {
        String launcher = System.getProperty("headstream.launcher");
        if (launcher == null) {
            throw new CommandException(
                    ExitCodes.USAGE, "the bench needs the launcher to start workers with: run deploy/headstream bench");
        }
        if (accept && baseline == null) {
            throw new ParameterException(spec.commandLine(), "--accept goes with --baseline FILE");
        }
        if (baseline != null && !accept && !Files.isReadable(baseline)) {
            throw new ParameterException(
                    spec.commandLine(), "--baseline " + baseline + " cannot be read: write it with --accept first");
        }
        BenchCommand.requireWritable(spec, "--json", json);
        BenchCommand.requireWritable(spec, "--baseline", accept ? baseline : null);
        try {
            return new StepsBench.Settings(
                    contexts, warmUp, duration, scale, uniform, arms, List.of(launcher, "worker"));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** Says on standard error how far it is. */
    private record Progress(Terminal terminal) implements StepsBench.Listener {
        @Override
        public void working(StepsArm arm, long jobs, Duration left) {
            String line = arm.id() + "  " + Figures.counted(jobs, "job") + ", " + Figures.duration(left) + " left";
            terminal.live(List.of(line), line);
        }

        @Override
        public void measured(StepsFigures figures) {
            terminal.line(String.format(
                    Locale.ROOT,
                    "%-10s  %.2f steps/s, %s jobs/hour, search p95 %s",
                    figures.arm().id(),
                    figures.stepsPerSecond(),
                    Figures.count(figures.jobsPerHour()),
                    Figures.duration(figures.searchP95Millis())));
        }
    }
}
