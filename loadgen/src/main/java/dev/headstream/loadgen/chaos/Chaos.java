package dev.headstream.loadgen.chaos;

import dev.headstream.loadgen.audit.AuditReport;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Style;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.loadgen.demo.Cleanup;
import dev.headstream.loadgen.demo.ScratchFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Runs cases one after the other. Whatever they start is ended and whatever they write is gone when {@link #run} returns or
 * the process is stopped.
 */
public final class Chaos {
    private final ChaosOptions options;
    private final Terminal out;

    /** @param out gets a line for what is going on */
    public Chaos(ChaosOptions options, Terminal out) {
        this.options = options;
        this.out = out;
    }

    private static List<ChaosCase> all() {
        return Stream.of(
                        KillCases.all(),
                        SignalCases.all(),
                        BrokerCases.all(),
                        NetworkCases.all(),
                        ClockCases.all(),
                        InputCases.all(),
                        ReplayCases.all(),
                        BrowserCases.all())
                .flatMap(List::stream)
                .toList();
    }

    /** The names of all cases, each with the harm that it does. */
    public static List<String[]> catalogue() {
        return all().stream()
                .map(one -> new String[] {one.name(), one.harm(), one.needs().quick() ? "quick" : ""})
                .toList();
    }

    /**
     * Runs the cases of these names, or all; with {@link ChaosOptions#quick} all that are quick.
     *
     * @throws IllegalArgumentException if there is no case of a name, one cannot be played on this machine, or what is to be
     *     kept would mix with what an earlier run has left
     * @throws Cleanup.StoppedException if the process is being stopped
     */
    public ChaosReport run(List<String> names) throws Exception {
        List<CaseReport> reports = new ArrayList<>();
        for (ChaosCase chosen : chosen(names)) {
            out.line(out.paint(Style.DIM, chosen.name() + ": " + chosen.harm() + " ..."));
            CaseReport report = play(chosen);
            out.line(
                    report.passed()
                            ? out.paint(Style.GREEN, "   passed in " + Figures.duration(report.took()))
                            : out.paint(Style.RED, "   FAILED after " + Figures.duration(report.took())));
            ChaosReport.problems(report).forEach(problem -> out.line("      " + problem));
            report.notes().forEach(note -> out.line("   " + note));
            reports.add(report);
        }
        return new ChaosReport(reports);
    }

    private List<ChaosCase> chosen(List<String> names) {
        List<ChaosCase> chosen = names.isEmpty()
                ? all().stream()
                        .filter(one -> !options.quick() || one.needs().quick())
                        .filter(this::isPossible)
                        .toList()
                : names.stream().map(Chaos::named).toList();
        chosen.forEach(one -> kept(one.name()).ifPresent(Chaos::requireEmpty));
        return chosen;
    }

    private static ChaosCase named(String name) {
        ChaosCase named = all().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no case '" + name + "'; --list names those that there are"));
        if (!possible(named)) {
            throw new IllegalArgumentException(name + " " + WallClock.ADVICE);
        }
        return named;
    }

    /** The evidence of two runs in one file would be judged as one. */
    private static void requireEmpty(Path folder) {
        String[] there = folder.toFile().list();
        if (there != null && there.length > 0) {
            throw new IllegalArgumentException(
                    "--keep: " + folder + " holds what an earlier run has left; name another folder, or delete it");
        }
    }

    private static boolean possible(ChaosCase one) {
        return !one.needs().ownClock() || WallClock.isAvailable();
    }

    /** Whether this machine has what a case needs; if not, says so. */
    private boolean isPossible(ChaosCase one) {
        if (!possible(one)) {
            out.line(out.paint(Style.YELLOW, one.name() + ": left out, " + WallClock.ADVICE));
        }
        return possible(one);
    }

    private CaseReport play(ChaosCase chosen) throws Exception {
        long started = System.nanoTime();
        try (Cleanup cleanup = new Cleanup()) {
            cleanup.closeAtExit();
            ScratchFolder folder = cleanup.open("folder", () -> folder(chosen.name()));
            Arena arena = Arena.open(chosen.needs(), folder, options.seed(), cleanup);
            Stage stage = new Stage(chosen, options, options.seed(), folder, arena, cleanup);
            try {
                chosen.play().on(stage);
            } catch (IllegalStateException brokeOff) {
                stage.expect(false, String.valueOf(brokeOff.getMessage()));
            }
            Optional<AuditReport> findings = Optional.of(stage.judge());
            return new CaseReport(
                    chosen.name(),
                    options.seed(),
                    Duration.ofNanos(System.nanoTime() - started),
                    findings,
                    stage.disappointments(),
                    stage.notes(),
                    stage.takeoverMillis());
        }
    }

    private Optional<Path> kept(String name) {
        return Optional.ofNullable(options.keep()).map(keep -> keep.resolve(name));
    }

    private ScratchFolder folder(String name) throws IOException {
        Optional<Path> kept = kept(name);
        return kept.isPresent() ? ScratchFolder.kept(kept.get()) : ScratchFolder.create();
    }
}
