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
     * @throws IllegalArgumentException if there is no case of a name
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
        if (names.isEmpty()) {
            return all().stream()
                    .filter(one -> !options.quick() || one.needs().quick())
                    .toList();
        }
        return names.stream()
                .map(name -> all().stream()
                        .filter(one -> one.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "there is no case '" + name + "'; --list names those that there are")))
                .toList();
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

    private ScratchFolder folder(String name) throws IOException {
        Path keep = options.keep();
        return keep == null ? ScratchFolder.create() : ScratchFolder.kept(keep.resolve(name));
    }
}
