package dev.headstream.loadgen.command;

import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.site.DemoSite;
import dev.headstream.loadgen.site.LatencyRange;
import dev.headstream.loadgen.site.SiteStats;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code headstream site}: serves the demo portal until Ctrl-C. */
@Command(
        name = "site",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = "Serve the demo portal on 127.0.0.1 until Ctrl-C: a shop with a slow backend, and hostile pages.",
        footer = {
            "",
            "A latency is a duration (500ms, 1.5s, 2m) or a range of two (1s..3s).",
            "Sign in with any account name and the password 'demo'. Counters: GET /stats."
        })
public final class SiteCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8480",
            description = "Port, 0 for any free one (default ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--login-latency",
            paramLabel = "TIME",
            defaultValue = "200ms..400ms",
            converter = LatencyConverter.class,
            description = "How long a login takes (default ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private LatencyRange loginLatency;

    @Option(
            names = "--search-latency",
            paramLabel = "TIME",
            defaultValue = "200ms..1s",
            converter = LatencyConverter.class,
            description = "How long a search takes (default ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private LatencyRange searchLatency;

    @Option(
            names = "--error-rate",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of backend requests that answer 500, from 0 to 1 (default ${DEFAULT-VALUE}).")
    private double errorRate;

    @Option(
            names = "--hang-rate",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of backend requests that never answer, from 0 to 1 (default ${DEFAULT-VALUE}).")
    private double hangRate;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "What products, latencies and faults follow from (default ${DEFAULT-VALUE}).")
    private long seed;

    /** Reads latencies, so that picocli reports a wrong one with its option. */
    static final class LatencyConverter implements ITypeConverter<LatencyRange> {
        @Override
        public LatencyRange convert(String value) {
            try {
                return LatencyRange.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (DemoSite site = DemoSite.start(options())) {
            CountDownLatch stopped = new CountDownLatch(1);
            Thread report = new Thread(() -> {
                farewell(out, site.stats());
                stopped.countDown();
            });
            Runtime.getRuntime().addShutdownHook(report);
            out.println("Demo portal at " + site.url() + "  (sign in with any account and the password 'demo')");
            out.println("Login " + loginLatency + ", search " + searchLatency + ", errors " + errorRate + ", hangs "
                    + hangRate + ". Counters at " + site.url() + "/stats. Ctrl-C stops it.");
            out.flush();
            stopped.await();
            return ExitCodes.OK;
        } catch (IOException e) {
            throw new CommandException(ExitCodes.UNAVAILABLE, "the demo portal cannot start: " + e.getMessage(), e);
        }
    }

    private DemoSite.Options options() {
        try {
            return new DemoSite.Options(port, loginLatency, searchLatency, errorRate, hangRate, Optional.empty(), seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static void farewell(PrintWriter out, SiteStats stats) {
        out.println(stats.requests() + " requests, " + stats.logins() + " logins, " + stats.searches() + " searches, "
                + stats.orders() + " orders.");
        out.flush();
    }
}
