package dev.headstream.loadgen.command;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Figures;
import dev.headstream.loadgen.console.Style;
import dev.headstream.loadgen.console.Table;
import dev.headstream.loadgen.console.Table.Cell;
import dev.headstream.loadgen.console.Table.Column;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.schemas.SchemaRegistryClient;
import dev.headstream.schemas.setup.Contracts;
import dev.headstream.schemas.setup.TopicAdmin;
import dev.headstream.schemas.setup.TopicReport;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code topics}: creates the topics and contracts of a deployment, and says how they stand. */
@Command(
        name = "topics",
        description = "Create the topics and contracts of a deployment, or see how they stand.%n",
        mixinStandardHelpOptions = true)
final class TopicsCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: topics create, or topics describe");
    }

    @Command(
            name = "create",
            description = {
                "Create the topics that are missing and register their contracts.",
                "What exists is never changed; exit 1 if it is not as it should be.%n"
            },
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int create(
            @Option(
                            names = "--partitions",
                            paramLabel = "N",
                            defaultValue = "12",
                            description = "Partitions of jobs, results and state: the most workers that can share the"
                                    + " work (default: ${DEFAULT-VALUE}).")
                    int partitions,
            @Option(
                            names = "--replication-factor",
                            paramLabel = "N",
                            defaultValue = "-1",
                            description = "Copies of each partition (default: as the cluster has it).")
                    short replicationFactor,
            @Mixin ConnectionOptions connection) {
        if (partitions < 1 || partitions > 10_000) {
            throw new ParameterException(spec.commandLine(), "--partitions must be 1 to 10000, not " + partitions);
        }
        Deployment deployment = connection.deployment();
        deployment.awaitTopics(connection.patience());
        try (Admin admin = deployment.admin(connection.patience());
                SchemaRegistryClient registry = deployment.registryClient()) {
            List<TopicReport> reports = new TopicAdmin(admin, connection.patience())
                    .create(deployment.topics(), partitions, replicationFactor);
            int exit = show(deployment, reports);
            Terminal.out().line();
            new Contracts(registry).register(deployment.topics()).forEach(done -> Terminal.out()
                    .line(done.toString()));
            return exit;
        }
    }

    @Command(
            name = "describe",
            description = {
                "Show the topics with their records, and where they are not as they should be.",
                "Exit 1 if a topic is missing or differs; that of the cache may be missing.%n"
            },
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int describe(@Mixin ConnectionOptions connection) {
        Deployment deployment = connection.deployment();
        deployment.awaitTopics(connection.patience());
        try (Admin admin = deployment.admin(connection.patience())) {
            return show(deployment, new TopicAdmin(admin, connection.patience()).describe(deployment.topics()));
        }
    }

    private static int show(Deployment deployment, List<TopicReport> reports) {
        Terminal out = Terminal.out();
        Table table = new Table(
                Column.flexible("topic"), Column.right("partitions"), Column.right("offsets"), Column.left("state"));
        Map<String, Long> records = records(deployment, reports);
        for (TopicReport report : reports) {
            boolean missing = report.state() == TopicReport.State.MISSING;
            table.row(
                    Cell.of(report.topic()),
                    Cell.of(missing ? "" : Figures.count(report.partitions())),
                    Cell.of(missing ? "" : Figures.count(records.getOrDefault(report.topic(), 0L))),
                    state(report.state()));
        }
        out.lines(table.lines(out));
        for (TopicReport report : reports) {
            report.differences()
                    .forEach(
                            difference -> out.line(out.paint(Style.YELLOW, "  " + report.topic() + ": " + difference)));
        }
        return reports.stream().allMatch(report -> report.asDefined() || mayBeMissing(deployment, report))
                ? ExitCodes.OK
                : ExitCodes.FAILED;
    }

    /** Only workers that share results of steps need its topic, and they say so. */
    private static boolean mayBeMissing(Deployment deployment, TopicReport report) {
        return report.state() == TopicReport.State.MISSING
                && report.topic().equals(deployment.topics().cache());
    }

    private static Cell state(TopicReport.State state) {
        return switch (state) {
            case CREATED -> new Cell("created", Style.GREEN);
            case MATCHES -> new Cell("as it should be", Style.GREEN);
            case DIFFERS -> new Cell("differs", Style.YELLOW);
            case MISSING -> new Cell("missing", Style.RED);
        };
    }

    /** Offsets between the oldest and the newest kept record; transaction markers and compacted records count as well. */
    private static Map<String, Long> records(Deployment deployment, List<TopicReport> reports) {
        List<TopicPartition> partitions = reports.stream()
                .flatMap(report -> java.util.stream.IntStream.range(0, report.partitions())
                        .mapToObj(partition -> new TopicPartition(report.topic(), partition)))
                .toList();
        try (KafkaConsumer<String, byte[]> consumer = deployment.consumer()) {
            Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
            return consumer.endOffsets(partitions).entrySet().stream()
                    .collect(Collectors.groupingBy(
                            entry -> entry.getKey().topic(),
                            Collectors.summingLong(
                                    entry -> entry.getValue() - beginnings.getOrDefault(entry.getKey(), 0L))));
        }
    }
}
