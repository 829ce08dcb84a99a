package dev.headstream.loadgen.command;

import dev.headstream.loadgen.bench.PagesArm;
import dev.headstream.loadgen.bench.PagesBench;
import dev.headstream.loadgen.bench.PagesFigures;
import dev.headstream.loadgen.bench.Workplace;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Terminal;
import java.io.IOException;
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

/** {@code headstream bench pages}: what it is worth that pages do without some of what they ask for. */
@Command(
        name = "pages",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        sortOptions = false,
        description = {
            "Compare what flows may block ('block'), each alone: jobs/s, CPU time and bytes of a job.",
            "",
            "A job opens the gallery of the demo portal (12 photographs, 2 fonts, a film, 4 requests to other hosts)",
            "in a fresh context and reads the titles. Arms: none, images, fonts, media, third-party, all. They take",
            "turns; the figures are medians over the rounds. Nothing but loopback is asked for anything: other hosts",
            "Chromium does not even resolve, blocked or not, and bytes and requests are those at the portal. Fonts and",
            "film are noise, which is fetched and refused: what it costs to draw real ones is not in the figures.",
            ""
        })
final class BenchPagesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "32",
            description = "Jobs a round and arm (default ${DEFAULT-VALUE}).")
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
            description = "How often each arm runs (default ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--arms",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "none,images,fonts,media,third-party,all",
            description = "Which arms, separated by commas (default ${DEFAULT-VALUE}).")
    private List<PagesArm> arms = List.of();

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON, too.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PagesBench.Settings settings = settings();
        BenchCommand.requireWritable(spec, "--json", json);
        Terminal err = Terminal.err();
        List<PagesFigures> figures = run(settings, Workplace.find(System.getenv()), err);
        Terminal out = Terminal.out();
        out.line(BenchCommand.machine() + ", " + LocalDate.now(ZoneOffset.UTC));
        out.lines(PagesFigures.lines(figures, out));
        if (json != null) {
            PagesFigures.write(figures, json);
        }
        return figures.stream().allMatch(arm -> arm.failed() == 0) ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private PagesBench.Settings settings() {
        try {
            return new PagesBench.Settings(jobs, lanes, rounds, arms);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static List<PagesFigures> run(PagesBench.Settings settings, Workplace workplace, Terminal err)
            throws IOException, InterruptedException {
        try (PagesBench bench =
                PagesBench.open(settings, workplace, BenchCommand.requireLauncher(), new Progress(settings, err))) {
            return BenchCommand.closingOnExit(bench::close, () -> {
                try {
                    return bench.run();
                } catch (IOException e) {
                    throw new CommandException(ExitCodes.FAILED, String.valueOf(e.getMessage()), e);
                } finally {
                    err.endLive();
                }
            });
        }
    }

    /** Says on standard error how far it is. */
    private record Progress(PagesBench.Settings settings, Terminal terminal) implements PagesBench.Listener {
        @Override
        public void working(int round, PagesArm arm, long openedPages) {
            String line = where(round, arm) + "  " + Math.min(openedPages, settings.jobs()) + " of " + settings.jobs()
                    + " jobs begun";
            terminal.live(List.of(line), line);
        }

        @Override
        public void measured(int round, PagesArm arm, String summary) {
            terminal.line(where(round, arm) + "  " + summary);
        }

        private String where(int round, PagesArm arm) {
            return "round %d of %d  %-11s".formatted(round + 1, settings.rounds(), arm.id());
        }
    }
}
