package dev.headstream.worker.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.headstream.pipeline.Outcome;
import dev.headstream.worker.artifact.DirectoryArtifactStore;
import dev.headstream.worker.artifact.UploadFolder;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.BrowserStartException;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.egress.HostPolicy;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.InvalidFlowException;
import dev.headstream.worker.flow.Step;
import dev.headstream.worker.flow.yaml.Suggestions;
import dev.headstream.worker.run.FlowRunner;
import dev.headstream.worker.run.LastPage;
import dev.headstream.worker.run.RunObserver;
import dev.headstream.worker.secret.SecretReferences;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flow run}: runs jobs of one flow in a browser of its own, without Kafka. */
@Command(
        name = "run",
        description = {
            "Run a flow without Kafka.",
            "Prints the outputs as JSON on standard output and what happened on standard error.%n"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        exitCodeOnExecutionException = ExitCodes.SOFTWARE,
        footerHeading = "%nExamples:%n",
        footer = {
            "  headstream flow run search.yaml --input query=lamp",
            "  headstream flow run search.yaml --input query=lamp --step search --trace search.html",
            "  headstream flow run search.yaml --input query=lamp --headed --pause-on-failure",
            "  headstream flow run search.yaml --input query=lamp --repeat 100 --contexts 4 --report load.json",
            "",
            "Ends with 0, 1 if a job failed, 64 for bad usage or inputs, 65 for a bad flow, 69 without a browser."
        })
final class FlowRunCommand implements Callable<Integer> {
    private static final long MAX_ARTIFACT_BYTES = 50L * 1024 * 1024;

    private final ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Terminal terminal;

    FlowRunCommand() {
        this(Terminal.ofThisProcess());
    }

    FlowRunCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "FILE",
            description =
                    "The flow file, a recording of the Chrome DevTools Recorder (JSON), or a jar of flows in Java.")
    private Path file = Path.of("flow.yaml");

    @Mixin
    private JobInputs inputs = new JobInputs();

    @Option(names = "--flow", paramLabel = "NAME", description = "Which flow, where a jar holds several.")
    private @Nullable String name;

    @Option(
            names = "--step",
            paramLabel = "NAME",
            description =
                    "Run the steps up to this one, this one too, and stop there. The steps before it are run as well,"
                            + " for it needs their page; the outputs are those known by then.")
    private @Nullable String step;

    @Mixin
    private WatchOptions watch = new WatchOptions();

    @Option(names = "--headed", description = "Show the browser's window; needs a display and a full Chromium.")
    private boolean headed;

    @Option(
            names = "--screenshot-on-failure",
            description =
                    "Keep a picture of the page that a job failed on, among the artifacts. The element that it failed"
                            + " on is outlined; dashed, if it is only the closest to what was looked for.")
    private boolean screenshotOnFailure;

    @Option(
            names = "--artifacts",
            paramLabel = "DIR",
            defaultValue = ".headstream/artifacts",
            description = "Where screenshots and downloads are kept (default: ${DEFAULT-VALUE}).")
    private Path artifacts = Path.of(".headstream/artifacts");

    @Option(names = "--files", paramLabel = "DIR", description = "Where the files are that the flow may upload.")
    private @Nullable Path files;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "Run so many jobs, each in a context of its own (default: ${DEFAULT-VALUE}).")
    private int repeat = 1;

    @Option(
            names = "--contexts",
            paramLabel = "N",
            defaultValue = "1",
            description = "Run so many jobs at a time (default: ${DEFAULT-VALUE}).")
    private int contexts = 1;

    @Option(names = "--report", paramLabel = "FILE", description = "Write the figures of the run as JSON.")
    private @Nullable Path report;

    @Override
    public Integer call() throws Exception {
        FlowCommand.logToStandardError();
        checkRange("--repeat", repeat, 10_000_000);
        checkRange("--contexts", contexts, 256);
        checkWatch();
        Flow flow;
        try {
            flow = chosen(FlowSource.read(file));
        } catch (InvalidFlowException e) {
            e.problems().forEach(err()::println);
            return ExitCodes.BAD_FLOW;
        }
        checkStep(flow);
        Map<String, String> values = inputs();
        List<String> problems = flow.problems(values);
        if (!problems.isEmpty()) {
            problems.forEach(problem -> err().println("headstream: " + problem));
            return ExitCodes.USAGE;
        }
        try {
            return run(flow, values);
        } catch (BrowserStartException e) {
            err().println("headstream: " + e.getMessage());
            return ExitCodes.UNAVAILABLE;
        }
    }

    private int run(Flow flow, Map<String, String> values) throws InterruptedException, IOException {
        BrowserConfig browser = BrowserConfig.defaults()
                .withHeaded(headed)
                .withAllowedHosts(HostPolicy.resolvable(List.of(flow.allowedHosts())));
        int lanes = Math.min(contexts, repeat);
        try (LanePool pool = LanePool.start(browser, lanes, BrowserEvents.NONE);
                PeakMemory memory = new PeakMemory()) {
            // for Ctrl-C; it stays, for closing twice does no harm and taking it back during a shutdown would throw
            Thread closing = new Thread(pool::close, "close-browser");
            Runtime.getRuntime().addShutdownHook(closing);
            RunRecord record = watch.records() ? new RunRecord(System::nanoTime) : null;
            Duration patience = watch.pauseOnFailure() ? Pause.LONGEST : Duration.ZERO;
            FlowLoad load = new FlowLoad(pool, runner(record), flow, values, Optional.ofNullable(step), patience);
            RunReport figures = load.run(repeat, lanes, outcome -> ended(flow, outcome, record), memory::bytes);
            if (report != null) {
                Files.writeString(report, json.writeValueAsString(figures) + "\n");
            }
            if (repeat > 1) {
                summarise(figures);
            }
            return figures.failed() == 0 ? ExitCodes.OK : ExitCodes.FAILED;
        }
    }

    private FlowRunner runner(@Nullable RunRecord record) {
        RunObserver printed = repeat == 1 ? new Timeline(err(), Ansi.AUTO) : RunObserver.NONE;
        return FlowRunner.builder(
                        SecretReferences.ofEnvironment(System.getenv()),
                        new DirectoryArtifactStore(artifacts, MAX_ARTIFACT_BYTES))
                .observer(RunRecord.both(printed, record))
                .pictures(watch.trace() != null)
                .onlooker(watch.pauseOnFailure() ? new Pause(err(), terminal, headed) : LastPage.Onlooker.NONE)
                .uploads(new UploadFolder(Optional.ofNullable(files), UploadFolder.DEFAULT_MAX_BYTES))
                .screenshotOnFailure(screenshotOnFailure)
                .build();
    }

    /** Called for each job as it ends, one at a time. */
    private void ended(Flow flow, Outcome outcome, @Nullable RunRecord record) {
        if (record != null) {
            show(flow, outcome, record);
        }
        if (outcome instanceof Outcome.Succeeded succeeded) {
            if (repeat == 1) {
                err().println("SUCCEEDED in " + outcome.trace().ran().toMillis() + " ms");
                print(succeeded.outputJson());
            }
        } else {
            err().println(Endings.inLines(outcome));
        }
        outcome.trace().artifacts().stream()
                .filter(artifact -> repeat == 1 || !(outcome instanceof Outcome.Succeeded))
                .forEach(artifact -> err().println("  artifact " + artifact.getName() + ": " + artifact.getUri()));
        err().flush();
    }

    private void show(Flow flow, Outcome outcome, RunRecord record) {
        if (watch.timeline()) {
            new Waterfall(err(), Ansi.AUTO).print(record);
        }
        Path trace = watch.trace();
        if (trace != null) {
            try {
                TracePage.write(trace, flow, record, outcome);
                err().println("  trace " + trace.toUri());
            } catch (IOException e) {
                err().println("headstream: the trace " + trace + " cannot be written: " + e);
            }
        }
    }

    private void print(@Nullable String outputJson) {
        if (outputJson == null) {
            return;
        }
        try {
            spec.commandLine().getOut().println(json.writeValueAsString(json.readTree(outputJson)));
            spec.commandLine().getOut().flush();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("outputs are JSON", e);
        }
    }

    private void summarise(RunReport figures) {
        err().printf(
                        Locale.ROOT,
                        "%d jobs, %d failed, in %.1f s: %.2f jobs/s, p50 %d ms, p95 %d ms, memory peak %d MB%n",
                        figures.jobs(),
                        figures.failed(),
                        figures.wallMillis() / 1_000.0,
                        figures.jobsPerSecond(),
                        figures.p50Millis(),
                        figures.p95Millis(),
                        figures.pssPeakBytes() / (1024 * 1024));
        err().flush();
    }

    private Map<String, String> inputs() {
        try {
            return inputs.read();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Flow chosen(List<Flow> flows) {
        List<Flow> named = flows.stream()
                .filter(flow -> name == null || flow.name().equals(name))
                .toList();
        if (named.size() != 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    file + " holds " + flows.stream().map(Flow::name).collect(Collectors.joining(", "))
                            + ": name one of them as --flow");
        }
        return named.get(0);
    }

    private void checkStep(Flow flow) {
        if (step != null && flow.step(step).isEmpty()) {
            List<String> names = flow.steps().stream().map(Step::name).toList();
            throw new ParameterException(
                    spec.commandLine(),
                    "--step: flow '" + flow.name() + "' has no step '" + step + "'" + Suggestions.hint(step, names)
                            + " (it has " + String.join(", ", names) + ")");
        }
    }

    private void checkWatch() {
        Path trace = watch.trace();
        if (repeat > 1 && watch.ofOneRun() != null) {
            throw new ParameterException(
                    spec.commandLine(), watch.ofOneRun() + " is for a look at one run: leave out --repeat");
        }
        if (trace != null && !trace.toString().matches("(?i).+\\.html?")) {
            throw new ParameterException(
                    spec.commandLine(), "--trace writes a page: give it a name like run.html, not " + trace);
        }
        if (watch.pauseOnFailure() && !terminal.isInteractive()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--pause-on-failure needs a terminal, for somebody has to press Enter; without one use"
                            + " --screenshot-on-failure or --trace FILE.html");
        }
    }

    private void checkRange(String option, int value, int max) {
        if (value < 1 || value > max) {
            throw new ParameterException(
                    spec.commandLine(), option + " must be a number from 1 to " + max + ", not " + value);
        }
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
