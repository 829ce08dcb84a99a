package dev.headstream.loadgen.command;

import dev.headstream.loadgen.connection.Deployment;
import dev.headstream.loadgen.console.CommandException;
import dev.headstream.loadgen.console.ExitCodes;
import dev.headstream.loadgen.console.Terminal;
import dev.headstream.loadgen.console.Times;
import dev.headstream.loadgen.offender.MetricsText;
import dev.headstream.loadgen.offender.OffenderReport;
import dev.headstream.loadgen.offender.Offenders;
import dev.headstream.loadgen.results.ResultReader;
import dev.headstream.v1.JobResult;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code offenders}: which step costs most. */
@Command(
        name = "offenders",
        description = {
            "Rank steps by their share of all step time, and say what removing each would give.",
            "From the metrics of workers as they are, or from the results, which tell each job.%n"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  headstream offenders                            what the worker on this machine says",
            "  headstream offenders --over 30s                 what happens in the next 30 seconds",
            "  headstream offenders --from-results --since 1h --flow catalog-search",
        })
final class OffendersCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--from-results", description = "Read the result topic instead of metrics.")
    private boolean fromResults;

    @Option(
            names = "--metrics",
            paramLabel = "URL",
            split = ",",
            defaultValue = "http://127.0.0.1:9464/metrics",
            description = "Metrics of workers, separated by commas (default: ${DEFAULT-VALUE}).")
    private List<URI> metrics = List.of();

    @Option(
            names = "--over",
            paramLabel = "TIME",
            description = "With metrics: what is counted in so long from now on (default: since the workers' start).")
    private @Nullable Duration over;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "With --from-results: only results of this age (10m, 2h, 1d) or since an instant.")
    private @Nullable String since;

    @Option(names = "--flow", paramLabel = "NAME", description = "With --from-results: only jobs of this flow.")
    private @Nullable String flow;

    @Option(
            names = "--contexts",
            paramLabel = "N",
            defaultValue = "0",
            description = "Jobs at the same time (default: what workers say, or the most that results show).")
    private int contexts;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON, too.")
    private @Nullable Path json;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!fromResults && (since != null || flow != null)) {
            throw new ParameterException(spec.commandLine(), "--since and --flow go with --from-results");
        }
        if (fromResults && over != null) {
            throw new ParameterException(spec.commandLine(), "--over goes with metrics; with results use --since");
        }
        Offenders offenders = fromResults ? ofResults() : ofMetrics();
        Terminal out = Terminal.out();
        if (offenders.steps().isEmpty()) {
            out.line(fromResults ? "No result has any step." : "No step has been run yet.");
            return ExitCodes.FAILED;
        }
        OffenderReport report = new OffenderReport(offenders);
        report.show(out);
        if (json != null) {
            report.write(json);
        }
        return ExitCodes.OK;
    }

    private Offenders ofResults() {
        Instant start = start();
        Deployment deployment = connection.deployment();
        deployment.require(connection.patience(), deployment.topics().results());
        Offenders.Collector collector = new Offenders.Collector();
        try (ResultReader reader = ResultReader.open(deployment)) {
            if (start != null) {
                reader.since(start);
            }
            ResultReader.End end = reader.end();
            while (!reader.isAt(end)) {
                for (JobResult result : reader.poll(POLL)) {
                    if (flow == null || flow.equals(result.getFlow())) {
                        collector.add(result);
                    }
                }
            }
        }
        return collector.offenders(contexts);
    }

    private @Nullable Instant start() {
        try {
            return since == null ? null : Times.past(since, Instant.now());
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), "--since: " + wrong.getMessage(), wrong);
        }
    }

    private Offenders ofMetrics() throws InterruptedException {
        MetricsText first = scrape();
        if (over == null) {
            return first.offenders(contexts);
        }
        TimeUnit.MILLISECONDS.sleep(over.toMillis());
        return scrape().since(first).offenders(contexts);
    }

    private MetricsText scrape() throws InterruptedException {
        HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
        List<MetricsText> texts = new ArrayList<>();
        for (URI uri : metrics) {
            texts.add(scrape(http, uri));
        }
        return MetricsText.together(texts);
    }

    private static MetricsText scrape(HttpClient http, URI uri) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(uri).timeout(PATIENCE).build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            MetricsText text = MetricsText.parse(response.body());
            if (response.statusCode() != 200 || text.isEmpty()) {
                throw new CommandException(
                        ExitCodes.UNAVAILABLE,
                        uri + " answered with status " + response.statusCode()
                                + " and no metrics of a worker: name its /metrics with --metrics");
            }
            return text;
        } catch (IOException | IllegalArgumentException failure) {
            throw new CommandException(
                    ExitCodes.UNAVAILABLE,
                    "no metrics at " + uri + " (" + failure + "): start a worker, or name one's with --metrics,"
                            + " or use --from-results",
                    failure);
        }
    }
}
