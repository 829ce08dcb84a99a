package dev.headstream.loadgen.command;

import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.stack.LocalStack;
import dev.headstream.loadgen.stack.StackException;
import dev.headstream.schemas.Topics;
import dev.headstream.schemas.setup.TopicReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stack}: a Kafka and a schema registry on this machine, with everything set up, until it is stopped. */
@Command(
        name = "stack",
        description = {
            "Run Kafka and a schema registry on this machine.",
            "Starts a real broker and a registry on the loopback interface, creates the topics and registers the"
                    + " contracts, says what to connect to and stays until Ctrl-C. Records and schemas are kept for the"
                    + " next start. With --bootstrap or --registry it uses what runs elsewhere instead; with both it"
                    + " only sets up topics and contracts there, and ends.%n"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  headstream stack                            everything on this machine, 127.0.0.1:9092 and :8081",
            "  headstream stack --data /tmp/try            records and schemas in a directory of its own",
            "  headstream stack --registry http://r:8081   own broker, registry of the team",
            "  headstream stack --bootstrap k:9092 --registry http://r:8081   set up topics and contracts, no more",
            "",
            "Ends with 130 after Ctrl-C and 143 after SIGTERM, both once all is stopped and on disk; 64 bad usage,",
            "69 a port or directory is taken, or an external part does not answer."
        })
final class StackCommand implements Callable<Integer> {
    /** What is left of 100 columns beside the name of a row and a comma. */
    private static final int TOPICS_WIDTH = 86;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Where to keep records and schemas (default: stack in $HEADSTREAM_HOME, or in ~/.headstream).")
    private @Nullable Path data;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port of the broker (default: 9092 or, where that is taken, another that is then kept).")
    private @Nullable Integer port;

    @Option(
            names = "--registry-port",
            paramLabel = "N",
            description = "Port of the registry (default: 8081 or, where that is taken, another that is then kept).")
    private @Nullable Integer registryPort;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "4",
            description = "Partitions of topics that do not exist yet (default: ${DEFAULT-VALUE}).")
    private int partitions = 4;

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT", description = "Use this Kafka instead of a broker here.")
    private @Nullable String bootstrap;

    @Option(names = "--registry", paramLabel = "URL", description = "Use this registry instead of one here.")
    private @Nullable String registry;

    @Option(
            names = "--prefix",
            paramLabel = "NAME",
            defaultValue = "headstream",
            description = "First word of the topic names (default: ${DEFAULT-VALUE}).")
    private String prefix = "headstream";

    @Override
    public Integer call() throws InterruptedException {
        LocalStack.Options options = options(System.getenv());
        LocalStack stack = LocalStack.prepare(options);
        AtomicBoolean stopping = new AtomicBoolean();
        Thread hook = new Thread(() -> stop(stack, stopping), "stack-close");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            stack.start();
        } catch (StackException failure) {
            if (!stopping.get()) {
                spec.commandLine().getErr().println("headstream: " + failure.getMessage());
                return ExitCodes.UNAVAILABLE;
            }
        }
        if (!stopping.get()) {
            describe(stack, options, spec.commandLine().getOut());
        }
        if (options.embedsNothing()) {
            return ExitCodes.OK;
        }
        new CountDownLatch(1).await(); // The hook ends the process
        return ExitCodes.OK;
    }

    private void stop(LocalStack stack, AtomicBoolean stopping) {
        stopping.set(true);
        stack.close();
    }

    LocalStack.Options options(Map<String, String> environment) {
        validate();
        LocalStack.Options options = LocalStack.Options.defaults()
                .withTopics(Topics.withPrefix(prefix))
                .withPartitions(partitions)
                .withDataDirectory(data == null ? defaultData(environment) : data);
        options = bootstrap == null ? options : options.withBootstrap(bootstrap);
        options = registry == null ? options : options.withRegistryUrl(registry);
        options = port == null ? options : options.withPort(port);
        return registryPort == null ? options : options.withRegistryPort(registryPort);
    }

    private static Path defaultData(Map<String, String> environment) {
        String home = environment.getOrDefault("HEADSTREAM_HOME", "");
        return home.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".headstream", "stack")
                : Path.of(home, "stack");
    }

    private void validate() {
        List<String> problems = new ArrayList<>();
        checkPort("--port", port, problems);
        checkPort("--registry-port", registryPort, problems);
        if (partitions < 1 || partitions > 1000) {
            problems.add("--partitions must be 1..1000, not " + partitions);
        }
        if (!prefix.matches("[A-Za-z0-9._-]{1,200}")) {
            problems.add("--prefix must be 1..200 of letters, digits, '.', '_' and '-', not '" + prefix + "'");
        }
        if (bootstrap != null && port != null) {
            problems.add("--port is for a broker here, --bootstrap for one elsewhere: give one of them");
        }
        if (registry != null && registryPort != null) {
            problems.add("--registry-port is for a registry here, --registry for one elsewhere: give one of them");
        }
        if (bootstrap != null && registry != null && data != null) {
            problems.add("--data has no use when broker and registry are both elsewhere");
        }
        if (!problems.isEmpty()) {
            throw new ParameterException(spec.commandLine(), String.join("; ", problems));
        }
    }

    private static void checkPort(String option, @Nullable Integer number, List<String> problems) {
        if (number != null && (number < 1 || number > 65_535)) {
            problems.add(option + " must be 1..65535, not " + number);
        }
    }

    private static void describe(LocalStack stack, LocalStack.Options options, PrintWriter out) {
        out.println(options.embedsNothing() ? "Topics and contracts are set up." : "The stack is up; Ctrl-C stops it.");
        out.println();
        row(out, "Kafka", stack.bootstrap(), options.bootstrap() == null ? "one broker, here" : "elsewhere");
        row(
                out,
                "Registry",
                stack.registryUrl(),
                options.registryUrl() == null
                        ? "for this machine only: several machines need a real one (--registry URL)"
                        : "elsewhere");
        String name = "Topics";
        for (String line : topics(stack.topicReports())) {
            row(out, name, line, "");
            name = "";
        }
        stack.topicReports().stream()
                .filter(report -> !report.asDefined())
                .forEach(report -> row(out, "Caution", report.toString(), ""));
        stack.dataDirectory()
                .ifPresent(directory ->
                        row(out, "Data", directory.toAbsolutePath().toString(), "kept; delete it to start afresh"));
        out.println();
        out.println("Next, in another terminal:");
        String where = connection(stack);
        out.println("  headstream worker" + where);
        out.println("  headstream submit FLOW --input name=value --wait" + where);
        out.flush();
    }

    private static void row(PrintWriter out, String name, String value, String remark) {
        out.println("  %-10s%-28s  %s".formatted(name, value, remark).stripTrailing());
    }

    /** The topics with their partitions, as many a line as a terminal has room for. */
    static List<String> topics(List<TopicReport> reports) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (TopicReport report : reports) {
            String topic = report.topic() + " (" + report.partitions() + ")";
            if (line.length() > 0 && line.length() + 2 + topic.length() > TOPICS_WIDTH) {
                lines.add(line.append(',').toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : ", ").append(topic);
        }
        lines.add(line.toString());
        return lines;
    }

    /** The options that a command needs to find the stack; none where it stands in its usual place. */
    private static String connection(LocalStack stack) {
        StringBuilder options = new StringBuilder();
        if (!stack.bootstrap().equals("127.0.0.1:" + LocalStack.DEFAULT_PORT)) {
            options.append(" --bootstrap ").append(stack.bootstrap());
        }
        if (!stack.registryUrl().equals("http://127.0.0.1:" + LocalStack.DEFAULT_REGISTRY_PORT)) {
            options.append(" --registry ").append(stack.registryUrl());
        }
        if (!stack.topics().equals(Topics.defaults())) {
            options.append(" --prefix ")
                    .append(stack.topics().jobs(), 0, stack.topics().jobs().lastIndexOf('.'));
        }
        return options.toString();
    }
}
