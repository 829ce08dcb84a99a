package dev.headstream.loadgen.command;

import dev.headstream.loadgen.chaos.Chaos;
import dev.headstream.loadgen.chaos.ChaosOptions;
import dev.headstream.loadgen.chaos.ChaosReport;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Table;
import dev.headstream.loadgen.console.Table.Column;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.loadgen.demo.Cleanup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code chaos}: the delivery guarantees under fire. */
@Command(
        name = "chaos",
        description = {
            "Prove the delivery guarantees while workers, brokers and the network fail.",
            "Each case starts its own brokers and workers on this machine, sends jobs, does harm by a seed, waits until"
                    + " all is done, and audits the topics. Exit 0 only if nothing was lost, doubled or run again that"
                    + " must not be.%n"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  headstream chaos --list                        the cases",
            "  headstream chaos --quick                       what takes a few minutes",
            "  headstream chaos --case kill-9 --rounds 200    one of them, for as long as you like",
            "  headstream chaos --seed 7 --json out.json      all of them as that seed has it"
        })
final class ChaosCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--list", description = "List the cases, and run none.")
    private boolean list;

    @Option(
            names = "--case",
            paramLabel = "NAME",
            split = ",",
            description = "Only these; can be repeated (default: all).")
    private List<String> cases = List.of();

    @Option(names = "--seed", paramLabel = "N", description = "Of all that is random (default: another each time).")
    private @Nullable Long seed;

    @Option(
            names = "--rounds",
            paramLabel = "K",
            defaultValue = "0",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
            description = "How often cases that repeat themselves do so (default: as often as each needs).")
    private int rounds;

    @Option(names = "--quick", description = "Only the cases that take little time, cut short.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the outcome as JSON, too.")
    private @Nullable Path json;

    @Option(names = "--keep", paramLabel = "DIR", description = "Keep the workers' logs and the topics here.")
    private @Nullable Path keep;

    @Override
    public Integer call() throws Exception {
        Terminal out = Terminal.out();
        if (list) {
            Table table = new Table(Column.left("case"), Column.flexible("harm"), Column.left("in --quick"));
            Chaos.catalogue().forEach(table::row);
            out.lines(table.lines(out));
            return ExitCodes.OK;
        }
        ChaosOptions options = options();
        out.line("seed " + options.seed());
        ChaosReport report;
        try {
            report = new Chaos(options, out).run(cases);
        } catch (Cleanup.StoppedException stopped) {
            return ExitCodes.INTERRUPTED;
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
        out.line();
        out.lines(report.lines(out));
        out.line();
        out.line("Again: headstream chaos --seed " + options.seed());
        if (json != null) {
            write(json, report);
        }
        return report.passed() ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private ChaosOptions options() {
        String launcher = System.getProperty("headstream.launcher");
        if (launcher == null) {
            throw new CommandException(
                    ExitCodes.USAGE, "chaos needs the launcher to start workers with: run deploy/headstream chaos");
        }
        long chosen = seed == null ? new Random().nextInt(1_000_000) : seed;
        try {
            return new ChaosOptions(
                    List.of(launcher), Path.of(launcher).resolveSibling("flows"), chosen, rounds, quick, keep);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private static void write(Path file, ChaosReport report) {
        try {
            Files.writeString(file, report.json() + System.lineSeparator());
        } catch (IOException failure) {
            throw new CommandException(ExitCodes.DATA, "--json: cannot write " + file + ": " + failure, failure);
        }
    }
}
