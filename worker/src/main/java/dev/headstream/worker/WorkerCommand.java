package dev.headstream.worker;

import dev.headstream.worker.browser.BrowserStartException;
import dev.headstream.worker.flow.InvalidFlowException;
import dev.headstream.worker.setting.SettingSources;
import dev.headstream.worker.setting.SettingsException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code worker}: runs a worker until SIGTERM or SIGINT. */
@Command(
        name = "worker",
        description = "Take jobs from Kafka, run them in one Chromium, write results. Runs until SIGTERM or Ctrl-C,"
                + " then finishes or checkpoints what it runs; a second signal ends it at once.%n",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:drained",
            "64:the command line is wrong",
            "69:the cluster, a topic or the management port is not to be had",
            "70:the browser cannot be started, or a bug",
            "75:asks to be replaced: a limit was breached or the pipeline failed",
            "78:the configuration or a flow is wrong"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  headstream worker --flows flows --set kafka.bootstrapServers=broker:9092",
            "  headstream worker --config worker.yaml --contexts 4",
            "  HEADSTREAM_KAFKA_GROUP_ID=canary headstream worker --config worker.yaml",
            "",
            "Every setting, with its default and meaning: deploy/worker.yaml"
        })
final class WorkerCommand implements Callable<Integer> {
    private static final int SOFTWARE = 70;
    private static final int UNAVAILABLE = UnavailableException.EXIT_CODE;

    @Option(names = "--config", paramLabel = "FILE", description = "YAML file with settings.")
    private Optional<Path> file = Optional.empty();

    @Option(names = "--flows", paramLabel = "DIR", description = "Directory with the flows (setting flows).")
    private Optional<String> flows = Optional.empty();

    @Option(
            names = "--contexts",
            paramLabel = "N",
            description = "The most jobs at a time (setting contexts.max); default 2 for each CPU.")
    private Optional<String> contexts = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any setting; wins over the environment and the file. Can be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Mixin
    private RehearsalOptions rehearsal = new RehearsalOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try {
            WorkerConfig config = WorkerConfig.load(sources());
            Clock clock = Clock.systemUTC();
            Worker worker = new Worker(config, rehearsal.engine(config, clock), Assignment.LIVE, clock);
            EndingSignals.install(worker);
            return worker.run();
        } catch (InterruptedException e) {
            return 0; // asked to end before it had begun: nothing to drain
        } catch (SettingsException | InvalidFlowException e) {
            return say(SettingsException.EXIT_CODE, e.getMessage());
        } catch (UnavailableException | IOException e) {
            return say(UNAVAILABLE, e.getMessage());
        } catch (BrowserStartException e) {
            return say(SOFTWARE, e.getMessage());
        }
    }

    private SettingSources sources() {
        SettingSources sources = SettingSources.defaults();
        file.ifPresent(sources::file);
        sources.environment(System.getenv());
        flows.ifPresent(value -> sources.option("flows", value));
        contexts.ifPresent(value -> sources.option("contexts.max", value));
        return sources.options(settings);
    }

    private int say(int code, @Nullable String message) {
        spec.commandLine().getErr().println("headstream: " + message);
        return code;
    }
}
